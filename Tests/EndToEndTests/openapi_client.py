#!/usr/bin/python3
"""A client that knows nothing of ASPEN but its OpenAPI document, and uses it to keep a camera.

usage: openapi_client.py DOCUMENT.yaml BASE_URL TOKEN
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

import yaml


class Client:
    """Every operation of a document as a method of its operationId."""

    def __init__(self, document, base, token):
        self.document, self.base, self.token = document, base, token
        self.operations = {
            operation["operationId"]: (method.upper(), path, operation, item.get("parameters", []))
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if isinstance(operation, dict) and "operationId" in operation
        }

    def resolved(self, value):
        while "$ref" in value:
            target = self.document
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            value = target
        return value

    def __getattr__(self, name):
        def call(body=None, **arguments):
            return self.call(name, body, arguments)

        return call

    def call(self, name, body, arguments):
        method, path, operation, shared = self.operations[name]
        query, headers = {}, {"Accept": "application/json"}
        for parameter in map(self.resolved, shared + operation.get("parameters", [])):
            key = parameter["name"]
            python_name = key.lower().replace("-", "_")
            if python_name not in arguments:
                assert not parameter.get("required"), f"{name} needs {key}"
                continue
            value = str(arguments.pop(python_name))
            if parameter["in"] == "path":
                path = path.replace("{%s}" % key, urllib.parse.quote(value, safe=""))
            elif parameter["in"] == "query":
                query[key] = value
            else:
                headers[key] = value
        assert not arguments, f"{name} does not know {sorted(arguments)}"
        if operation.get("security", self.document.get("security")):
            headers["Authorization"] = "Bearer " + self.token
        data = None
        if body is not None:
            headers["Content-Type"] = next(iter(self.resolved(operation["requestBody"])["content"]))
            data = json.dumps(body).encode()
        url = self.base + path + ("?" + urllib.parse.urlencode(query) if query else "")
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                status, answer, fields = response.status, response.read(), response.headers
        except urllib.error.HTTPError as error:
            status, answer, fields = error.code, error.read(), error.headers
        assert str(status) in operation["responses"], f"{name} answered {status}: {answer!r}"
        return status, json.loads(answer) if answer else None, fields


def main(document_path, base, token):
    with open(document_path, encoding="utf-8") as file:
        client = Client(yaml.safe_load(file), base, token)
    camera = {"name": "script", "spec": {"address": "rtsp://10.0.0.9/a"}}
    status, made, fields = client.camera_create(camera, idempotency_key="script-1")
    assert status == 201 and made["spec"]["transport"] == "tcp", made
    status, again, _ = client.camera_create(camera, idempotency_key="script-1")
    assert (status, again) == (201, made), again
    status, page, _ = client.camera_list(selector="nothing=here")
    assert (status, page["items"]) == (200, []), page
    status, changed, _ = client.camera_update(
        {"labels": {"by": "script"}}, name="script", if_match=fields["ETag"]
    )
    assert status == 200 and changed["labels"] == {"by": "script"}, changed
    status, refused, _ = client.camera_update(
        {"labels": {}}, name="script", if_match=fields["ETag"]
    )
    assert status == 412 and refused["type"].endswith("/precondition_failed"), refused
    status, history, _ = client.camera_history(name="script")
    assert [entry["labels"] for entry in history["items"]] == [{"by": "script"}, {}], history
    status, _, _ = client.camera_delete(name="script", if_match="*")
    assert status in (202, 204), status
    print("ok")


if __name__ == "__main__":
    main(*sys.argv[1:4])
