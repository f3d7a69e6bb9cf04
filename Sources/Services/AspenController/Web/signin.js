// Signing in: by name and password, by a token, or as the first administrator.

import { onSubmit, FormError, showProblem, valueOf } from "./forms.js";
import { setUp, signIn, signInWithToken } from "./session.js";

export class SignIn {
  #section;
  #forms;
  #entered;

  /** `section` holds one form for each way in; `entered()` is called when one has worked. */
  constructor(section, entered) {
    this.#section = section;
    this.#entered = entered;
    this.#forms = Object.fromEntries(
      ["password", "token", "setup"].map((way) => [way, section.querySelector(`form[name=${way}]`)]));
    this.#on("password", (form) => signIn(valueOf(form, "username"), valueOf(form, "password")));
    this.#on("token", (form) => signInWithToken(valueOf(form, "token")));
    this.#on("setup", async (form) => {
      if (valueOf(form, "password") !== valueOf(form, "again")) {
        throw new FormError("/again", "is not the same as the password");
      }
      await setUp(valueOf(form, "token"), valueOf(form, "username"), valueOf(form, "password"));
    });
    for (const button of section.querySelectorAll("[data-way]")) {
      button.addEventListener("click", () => this.#show(button.dataset.way));
    }
  }

  /** Shows the way in by password, and why one has to sign in again. */
  show(why) {
    this.#show("password");
    showProblem(this.#forms.password, why ? new Error(why) : null);
  }

  /** Shows the form of the first administrator, with its one-time token if that was in the address. */
  showSetup(token) {
    this.#show("setup");
    const { setup } = this.#forms;
    setup.elements.namedItem("token").value = token ?? "";
    setup.elements.namedItem(token ? "username" : "token").focus();
  }

  #on(way, enter) {
    const form = this.#forms[way];
    onSubmit(form, async () => {
      await enter(form);
      for (const each of Object.values(this.#forms)) each.reset();
      await this.#entered();
    });
  }

  #show(way) {
    this.#section.hidden = false;
    for (const [name, form] of Object.entries(this.#forms)) {
      form.hidden = name !== way;
      showProblem(form, null);
    }
    this.#forms[way].querySelector("input")?.focus();
  }
}
