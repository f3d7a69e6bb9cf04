-- ASPEN's first tables: cameras, streams, workers, assignments, tokens, and the feed of changes.
--
-- Every change of a resource takes the next revision. The row of `revision` stays locked until the
-- change commits, so revisions become visible in order and without gaps.

CREATE DOMAIN resource_name AS text COLLATE "C"
  CHECK (VALUE ~ '^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$');

CREATE DOMAIN label_set AS jsonb
  DEFAULT '{}'
  CHECK (jsonb_typeof(VALUE) = 'object');

CREATE DOMAIN sha256_digest AS bytea
  CHECK (octet_length(VALUE) = 32);

CREATE TABLE revision (
  only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  value           bigint NOT NULL CHECK (value >= 0),
  trimmed_through bigint NOT NULL DEFAULT 0 CHECK (trimmed_through BETWEEN 0 AND value)
);
COMMENT ON TABLE revision IS 'The newest revision; its row lock puts all writers in one order.';
COMMENT ON COLUMN revision.trimmed_through IS 'The newest revision that the feed no longer holds.';
INSERT INTO revision (value) VALUES (0);

CREATE TABLE change_feed (
  revision    bigint PRIMARY KEY CHECK (revision > 0),
  kind        text NOT NULL CHECK (
    kind IN ('camera', 'stream', 'worker', 'assignment', 'join_token', 'access_token')),
  object_id   bigint NOT NULL,
  object_name resource_name NOT NULL,
  operation   text NOT NULL CHECK (operation IN ('created', 'updated', 'deleted')),
  at          timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE change_feed IS 'One row for each revision, written in the transaction of the change.';
COMMENT ON COLUMN change_feed.object_id IS 'Of an assignment: the stream''s id.';
CREATE INDEX change_feed_at ON change_feed (at);

CREATE TABLE cameras (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             resource_name NOT NULL,
  labels           label_set NOT NULL,
  annotations      label_set NOT NULL,
  spec             jsonb NOT NULL CHECK (jsonb_typeof(spec) = 'object'),
  credentials      jsonb CHECK (jsonb_typeof(credentials) = 'object'),
  generation       bigint NOT NULL DEFAULT 1 CHECK (generation > 0),
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT cameras_name_key UNIQUE (name)
);
COMMENT ON TABLE cameras IS 'Video sources.';
COMMENT ON COLUMN cameras.spec IS 'CameraSpec as JSON, without the password.';
COMMENT ON COLUMN cameras.credentials IS 'Secret: {"password": …}. Read only for the worker that runs the camera.';
COMMENT ON COLUMN cameras.generation IS 'Grows with every change of the spec.';
COMMENT ON COLUMN cameras.resource_version IS 'The revision of the last change of any kind.';

CREATE TABLE streams (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             resource_name NOT NULL,
  labels           label_set NOT NULL,
  annotations      label_set NOT NULL,
  spec             jsonb NOT NULL CHECK (jsonb_typeof(spec) = 'object'),
  camera_id        bigint NOT NULL,
  last_generation  bigint NOT NULL DEFAULT 0 CHECK (last_generation >= 0),
  generation       bigint NOT NULL DEFAULT 1 CHECK (generation > 0),
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT streams_name_key UNIQUE (name),
  CONSTRAINT streams_camera_fkey FOREIGN KEY (camera_id) REFERENCES cameras (id) ON DELETE CASCADE
);
COMMENT ON TABLE streams IS 'Desired processing of a camera: the unit that is scheduled.';
COMMENT ON COLUMN streams.spec IS 'StreamSpec as JSON; its camera is the one of camera_id.';
COMMENT ON COLUMN streams.last_generation IS 'The generation of the newest assignment there ever was; only grows.';
CREATE INDEX streams_camera ON streams (camera_id);

CREATE TABLE workers (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name              resource_name NOT NULL,
  labels            label_set NOT NULL,
  annotations       label_set NOT NULL,
  credential_sha256 sha256_digest NOT NULL,
  capacity_streams  integer NOT NULL CHECK (capacity_streams BETWEEN 0 AND 10000),
  version           text NOT NULL CHECK (length(version) <= 128),
  site              text CHECK (length(site) BETWEEN 1 AND 63),
  cordoned          boolean NOT NULL DEFAULT false,
  last_seen_at      timestamptz,
  generation        bigint NOT NULL DEFAULT 1 CHECK (generation > 0),
  resource_version  bigint NOT NULL CHECK (resource_version > 0),
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT workers_name_key UNIQUE (name),
  CONSTRAINT workers_credential_key UNIQUE (credential_sha256)
);
COMMENT ON TABLE workers IS 'Worker processes that have joined.';
COMMENT ON COLUMN workers.credential_sha256 IS 'Digest of the credential that the worker got when it joined.';
COMMENT ON COLUMN workers.last_seen_at IS 'Written in batches and without a revision; the precise lease lives in memory.';

CREATE TABLE assignments (
  stream_id        bigint PRIMARY KEY,
  worker_id        bigint NOT NULL,
  generation       bigint NOT NULL CHECK (generation > 0),
  reason           text NOT NULL CHECK (length(reason) <= 1024),
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  assigned_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT assignments_stream_fkey FOREIGN KEY (stream_id) REFERENCES streams (id) ON DELETE CASCADE,
  CONSTRAINT assignments_worker_fkey FOREIGN KEY (worker_id) REFERENCES workers (id)
);
COMMENT ON TABLE assignments IS 'Which worker runs a stream.';
COMMENT ON COLUMN assignments.generation IS 'The fence against two owners: streams.last_generation at the time of the placement.';
CREATE INDEX assignments_worker ON assignments (worker_id);

CREATE TABLE join_tokens (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             resource_name NOT NULL,
  labels           label_set NOT NULL,
  annotations      label_set NOT NULL,
  public_id        text NOT NULL CHECK (public_id ~ '^[A-Za-z0-9_-]{1,64}$'),
  secret_sha256    sha256_digest NOT NULL,
  expires_at       timestamptz,
  uses_remaining   integer CHECK (uses_remaining >= 0),
  generation       bigint NOT NULL DEFAULT 1 CHECK (generation > 0),
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT join_tokens_name_key UNIQUE (name),
  CONSTRAINT join_tokens_public_id_key UNIQUE (public_id)
);
COMMENT ON TABLE join_tokens IS 'Secrets that let new workers join.';
COMMENT ON COLUMN join_tokens.labels IS 'Given to every worker that joins with the token.';
COMMENT ON COLUMN join_tokens.uses_remaining IS 'How many workers may still join; null is any number.';

CREATE TABLE access_tokens (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name             resource_name NOT NULL,
  labels           label_set NOT NULL,
  annotations      label_set NOT NULL,
  secret_sha256    sha256_digest NOT NULL,
  role             text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  expires_at       timestamptz,
  generation       bigint NOT NULL DEFAULT 1 CHECK (generation > 0),
  resource_version bigint NOT NULL CHECK (resource_version > 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT access_tokens_name_key UNIQUE (name),
  CONSTRAINT access_tokens_secret_key UNIQUE (secret_sha256)
);
COMMENT ON TABLE access_tokens IS 'Digests of the tokens by which people and programs sign in to the API.';
