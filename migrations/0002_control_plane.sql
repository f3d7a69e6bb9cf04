-- The control plane's contract: one form for all resources, who may do what, what happened and by whom.
--
-- Every resource has its spec as JSON, which is the truth; other columns are what a query needs, secrets,
-- and what the program itself writes.

-- Sealed secrets: nonce (12 bytes), ciphertext, tag (16 bytes) of AES-256-GCM.
CREATE DOMAIN sealed_secret AS bytea
  CHECK (octet_length(VALUE) BETWEEN 28 AND 65536);

CREATE DOMAIN sealing_key AS text
  CHECK (length(VALUE) BETWEEN 1 AND 64);

CREATE DOMAIN resource_kind AS text
  CHECK (VALUE IN (
    'camera', 'stream', 'worker', 'assignment', 'site', 'token', 'role_binding', 'user',
    'join_token', 'operation'));

CREATE DOMAIN actor_kind AS text
  CHECK (VALUE IN (
    'token', 'user', 'oidc', 'worker', 'view_link', 'setup', 'system', 'anonymous'));

CREATE DOMAIN role_name AS text
  CHECK (VALUE IN ('viewer', 'operator', 'admin'));

-- A time as it stands in a spec: UTC with milliseconds.
CREATE FUNCTION spec_time(at timestamptz) RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- Cameras and streams.

ALTER TABLE cameras
  ADD COLUMN credentials_sealed sealed_secret,
  ADD COLUMN credentials_key sealing_key,
  ADD COLUMN deletion_requested_at timestamptz,
  ADD CONSTRAINT cameras_sealed_check CHECK (
    (credentials_sealed IS NULL) = (credentials_key IS NULL)
    AND (credentials IS NULL OR credentials_sealed IS NULL));
COMMENT ON COLUMN cameras.credentials IS
  'Of a database from before secrets were sealed: {"password": …}. The controller seals it when it starts.';
COMMENT ON COLUMN cameras.credentials_sealed IS
  'Secret: the sealed password. Read only for the worker that runs the camera.';
COMMENT ON COLUMN cameras.credentials_key IS 'The id of the key that the password is sealed with.';
COMMENT ON COLUMN cameras.deletion_requested_at IS
  'When it was deleted by a user; the row goes when its streams have stopped.';

ALTER TABLE streams ADD COLUMN deletion_requested_at timestamptz;
COMMENT ON COLUMN streams.deletion_requested_at IS
  'When it was deleted by a user; the row goes when no worker runs it any more.';

-- Selectors and filters are answered from these; entries go straight in, since a list of pending ones would
-- be searched by every reader.
CREATE INDEX cameras_labels ON cameras USING gin (labels jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX cameras_spec ON cameras USING gin (spec jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX cameras_resource_version ON cameras (resource_version);
-- How a list is read depends on how much matches; the usual 100 samples tell nothing below one in a hundred.
ALTER TABLE cameras ALTER COLUMN labels SET STATISTICS 500, ALTER COLUMN spec SET STATISTICS 500;
ALTER TABLE streams ALTER COLUMN labels SET STATISTICS 500, ALTER COLUMN spec SET STATISTICS 500;
CREATE INDEX cameras_credentials_key ON cameras (credentials_key, id)
  WHERE credentials_key IS NOT NULL;
CREATE INDEX cameras_unsealed ON cameras (id) WHERE credentials IS NOT NULL;
CREATE INDEX cameras_deletion ON cameras (id) WHERE deletion_requested_at IS NOT NULL;
CREATE INDEX streams_labels ON streams USING gin (labels jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX streams_spec ON streams USING gin (spec jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX streams_resource_version ON streams (resource_version);
CREATE INDEX streams_deletion ON streams (id) WHERE deletion_requested_at IS NOT NULL;

-- Workers. No program has ever written their column `site`; it is a part of the spec now.

ALTER TABLE workers ADD COLUMN spec jsonb;
UPDATE workers SET spec = jsonb_build_object('cordoned', cordoned, 'draining', false);
ALTER TABLE workers
  ALTER COLUMN spec SET NOT NULL,
  ADD CONSTRAINT workers_spec_check CHECK (
    jsonb_typeof(spec) = 'object'
    AND coalesce(jsonb_typeof(spec -> 'cordoned') = 'boolean', false)
    AND coalesce(jsonb_typeof(spec -> 'draining') = 'boolean', false)),
  DROP COLUMN cordoned,
  DROP COLUMN site;
COMMENT ON COLUMN workers.spec IS 'WorkerSpec as JSON.';
CREATE INDEX workers_labels ON workers USING gin (labels jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX workers_spec ON workers USING gin (spec jsonb_path_ops) WITH (fastupdate = off);

-- Sites.

CREATE TABLE sites (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             resource_name NOT NULL,
  labels           label_set NOT NULL,
  annotations      label_set NOT NULL,
  spec             jsonb NOT NULL CHECK (jsonb_typeof(spec) = 'object'),
  generation       bigint NOT NULL DEFAULT 1 CHECK (generation > 0),
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sites_name_key UNIQUE (name)
);
COMMENT ON TABLE sites IS 'Places with cameras and workers of their own; specs name them.';

-- Tokens.

ALTER TABLE access_tokens RENAME TO tokens;
ALTER TABLE tokens RENAME CONSTRAINT access_tokens_pkey TO tokens_pkey;
ALTER TABLE tokens RENAME CONSTRAINT access_tokens_name_key TO tokens_name_key;
ALTER TABLE tokens RENAME CONSTRAINT access_tokens_secret_key TO tokens_secret_key;
ALTER SEQUENCE access_tokens_id_seq RENAME TO tokens_id_seq;
ALTER TABLE tokens ADD COLUMN spec jsonb;
UPDATE tokens
SET spec = jsonb_strip_nulls(
  jsonb_build_object('role', role, 'expires_at', spec_time(expires_at)));
ALTER TABLE tokens
  ALTER COLUMN spec SET NOT NULL,
  ADD CONSTRAINT tokens_spec_check CHECK (
    jsonb_typeof(spec) = 'object' AND (spec ->> 'role')::role_name IS NOT NULL),
  DROP COLUMN role,
  DROP COLUMN expires_at;
COMMENT ON TABLE tokens IS 'Digests of the tokens by which people and programs sign in to the API.';
COMMENT ON COLUMN tokens.spec IS 'TokenSpec as JSON.';

-- Join tokens. How many workers had joined was not counted: what was left becomes the number of uses.

ALTER TABLE join_tokens
  ADD COLUMN spec jsonb,
  ADD COLUMN used integer NOT NULL DEFAULT 0 CHECK (used >= 0);
UPDATE join_tokens
SET used = CASE uses_remaining WHEN 0 THEN 1 ELSE 0 END,
  spec = jsonb_strip_nulls(
    jsonb_build_object(
      'uses', greatest(uses_remaining, CASE WHEN uses_remaining IS NOT NULL THEN 1 END),
      'expires_at', spec_time(expires_at)));
ALTER TABLE join_tokens
  ALTER COLUMN spec SET NOT NULL,
  ADD CONSTRAINT join_tokens_spec_check CHECK (
    jsonb_typeof(spec) = 'object' AND coalesce((spec ->> 'uses')::integer > 0, true)),
  DROP COLUMN uses_remaining,
  DROP COLUMN expires_at;
ALTER TABLE join_tokens
  ADD COLUMN uses_remaining integer
    GENERATED ALWAYS AS (
      CASE WHEN spec ? 'uses' THEN greatest((spec ->> 'uses')::integer - used, 0) END) STORED;
COMMENT ON COLUMN join_tokens.spec IS 'JoinTokenSpec as JSON.';
COMMENT ON COLUMN join_tokens.used IS 'How many workers have joined with it.';
COMMENT ON COLUMN join_tokens.uses_remaining IS 'How many workers may still join; null is any number.';

-- People and what they may do.

CREATE TABLE users (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             resource_name NOT NULL,
  labels           label_set NOT NULL,
  annotations      label_set NOT NULL,
  spec             jsonb NOT NULL CHECK (jsonb_typeof(spec) = 'object'),
  password_hash    text CHECK (length(password_hash) <= 512),
  generation       bigint NOT NULL DEFAULT 1 CHECK (generation > 0),
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_name_key UNIQUE (name)
);
COMMENT ON TABLE users IS 'People who sign in with a password.';
COMMENT ON COLUMN users.spec IS 'UserSpec as JSON, without the password.';
COMMENT ON COLUMN users.password_hash IS 'Secret: scrypt with its parameters and salt. Null cannot sign in.';

CREATE TABLE role_bindings (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             resource_name NOT NULL,
  labels           label_set NOT NULL,
  annotations      label_set NOT NULL,
  spec             jsonb NOT NULL CHECK (
    jsonb_typeof(spec) = 'object' AND (spec ->> 'role')::role_name IS NOT NULL
    AND coalesce(spec #>> '{subject,kind}' IN ('user', 'oidc_subject', 'oidc_group'), false)
    AND coalesce(length(spec #>> '{subject,name}') > 0, false)),
  generation       bigint NOT NULL DEFAULT 1 CHECK (generation > 0),
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT role_bindings_name_key UNIQUE (name)
);
COMMENT ON TABLE role_bindings IS 'Who has which role, and for which cameras.';
COMMENT ON COLUMN role_bindings.spec IS 'RoleBindingSpec as JSON.';
CREATE INDEX role_bindings_subject
  ON role_bindings ((spec #>> '{subject,kind}'), (spec #>> '{subject,name}'));

CREATE TABLE sessions (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id       bigint NOT NULL,
  secret_sha256 sha256_digest NOT NULL,
  address       text NOT NULL CHECK (length(address) <= 128),
  created_at    timestamptz NOT NULL DEFAULT now(),
  expires_at    timestamptz NOT NULL,
  CONSTRAINT sessions_secret_key UNIQUE (secret_sha256),
  CONSTRAINT sessions_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
COMMENT ON TABLE sessions IS 'Browsers in which a user is signed in.';
COMMENT ON COLUMN sessions.address IS 'From where the user signed in.';
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE setup_token (
  only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  secret_sha256 sha256_digest NOT NULL,
  expires_at    timestamptz NOT NULL
);
COMMENT ON TABLE setup_token IS 'The one-time token that makes the first admin.';

-- The feed of changes tells what a thing was after the change, so that whoever watches need not ask.

ALTER TABLE change_feed DROP CONSTRAINT change_feed_kind_check;
UPDATE change_feed SET kind = 'token' WHERE kind = 'access_token';
ALTER TABLE change_feed
  ALTER COLUMN kind TYPE resource_kind,
  ADD COLUMN object jsonb,
  ADD COLUMN labels jsonb,
  ADD COLUMN previous_labels jsonb,
  ADD COLUMN camera_labels jsonb,
  ADD COLUMN previous_camera_labels jsonb;
COMMENT ON COLUMN change_feed.object IS
  'The thing after the change without its secrets, or as it last was; null before there was this column.';
COMMENT ON COLUMN change_feed.previous_labels IS 'Before the change; null for what is new.';
COMMENT ON COLUMN change_feed.camera_labels IS
  'The labels that decide who may see it; null for what belongs to no camera.';

-- History.

CREATE TABLE resource_history (
  kind             resource_kind NOT NULL,
  object_id        bigint NOT NULL,
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  object_name      resource_name NOT NULL,
  generation       bigint NOT NULL CHECK (generation > 0),
  operation        text NOT NULL CHECK (operation IN ('created', 'updated', 'deleted')),
  labels           jsonb NOT NULL,
  annotations      jsonb NOT NULL,
  spec             jsonb NOT NULL,
  actor_kind       actor_kind NOT NULL,
  actor_name       text NOT NULL CHECK (length(actor_name) <= 256),
  at               timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, object_id, resource_version)
);
COMMENT ON TABLE resource_history IS 'What users wrote, newest 100 versions of each thing; no secrets.';
CREATE INDEX resource_history_name ON resource_history (kind, object_name, object_id);
CREATE INDEX resource_history_deleted ON resource_history (at) WHERE operation = 'deleted';

INSERT INTO resource_history (
  kind, object_id, resource_version, object_name, generation, operation, labels, annotations, spec,
  actor_kind, actor_name, at)
SELECT r.kind, r.id, r.resource_version, r.name, r.generation, 'updated', r.labels, r.annotations,
  r.spec, 'system', 'system', r.updated_at
FROM (
  SELECT 'camera' AS kind, id, resource_version, name, generation, labels, annotations, spec, updated_at
  FROM cameras
  UNION ALL
  SELECT 'stream', id, resource_version, name, generation, labels, annotations, spec, updated_at
  FROM streams
  UNION ALL
  SELECT 'worker', id, resource_version, name, generation, labels, annotations, spec, updated_at
  FROM workers
  UNION ALL
  SELECT 'token', id, resource_version, name, generation, labels, annotations, spec, updated_at
  FROM tokens
  UNION ALL
  SELECT 'join_token', id, resource_version, name, generation, labels, annotations, spec, updated_at
  FROM join_tokens
) r;

-- The audit.

CREATE TABLE audit_entries (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_kind  actor_kind NOT NULL,
  actor_name  text NOT NULL CHECK (length(actor_name) <= 256),
  address     text NOT NULL CHECK (length(address) <= 128),
  request_id  text NOT NULL CHECK (length(request_id) <= 128),
  operation   text NOT NULL CHECK (length(operation) BETWEEN 1 AND 128),
  outcome     text NOT NULL CHECK (outcome IN ('succeeded', 'refused')),
  object_kind resource_kind,
  object_name text CHECK (length(object_name) <= 256),
  message     text NOT NULL DEFAULT '' CHECK (length(message) <= 1024),
  before      jsonb,
  after       jsonb
);
COMMENT ON TABLE audit_entries IS 'Who did what, when and from where. Rows are only ever added.';
COMMENT ON COLUMN audit_entries.operation IS 'The operation of the API, such as camera_update.';
COMMENT ON COLUMN audit_entries.before IS '{"labels", "annotations", "spec"} without secrets.';
CREATE INDEX audit_entries_at ON audit_entries (at, id);
CREATE INDEX audit_entries_actor ON audit_entries (actor_name, at, id);
CREATE INDEX audit_entries_object ON audit_entries (object_kind, object_name, at, id);

CREATE FUNCTION refuse_audit_change() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are never changed or removed'
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_entries_append_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Answers to requests that a client may send again.

CREATE TABLE idempotency_keys (
  principal      text NOT NULL CHECK (length(principal) BETWEEN 1 AND 320),
  key            text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request_sha256 sha256_digest NOT NULL,
  status         integer NOT NULL CHECK (status BETWEEN 100 AND 599),
  headers        jsonb NOT NULL CHECK (jsonb_typeof(headers) = 'object'),
  body           bytea NOT NULL,
  body_key       sealing_key,
  created_at     timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, key)
);
COMMENT ON TABLE idempotency_keys IS 'Answers that a repeated request gets again.';
COMMENT ON COLUMN idempotency_keys.body_key IS
  'The id of the key that the body is sealed with, because it holds a secret; null is a plain body.';
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- Work that takes longer than a request.

CREATE TABLE operations (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             resource_name NOT NULL,
  action           text NOT NULL CHECK (action IN ('worker_drain', 'secret_reseal')),
  target           text CHECK (length(target) BETWEEN 1 AND 63),
  state            text NOT NULL CHECK (state IN ('pending', 'running', 'succeeded', 'failed')),
  progress_done    bigint NOT NULL DEFAULT 0 CHECK (progress_done >= 0),
  progress_total   bigint CHECK (progress_total >= 0),
  message          text NOT NULL CHECK (length(message) <= 1024),
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  finished_at      timestamptz,
  CONSTRAINT operations_name_key UNIQUE (name),
  CONSTRAINT operations_finished_check CHECK (
    (finished_at IS NOT NULL) = (state IN ('succeeded', 'failed')))
);
COMMENT ON TABLE operations IS 'Drains and the like, with how far they are.';
CREATE INDEX operations_unfinished ON operations (id) WHERE finished_at IS NULL;
