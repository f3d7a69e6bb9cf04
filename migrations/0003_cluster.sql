-- Several controllers: who leads, and who there is.
--
-- Leadership is a lease by the database's clock. Each time it is taken its epoch grows, and every write of
-- a leader checks its epoch in the transaction of the write, with the row of `revision` locked; taking over
-- locks that row too, so that a leader's writes are all done or refused before the next leader's begin.
--
-- An epoch is at least the milliseconds since 1970: after a restore from a backup the next is above all
-- that were ever given out.
CREATE TABLE leadership (
  only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  holder      text CHECK (length(holder) BETWEEN 1 AND 64),
  epoch       bigint NOT NULL CHECK (epoch >= 0),
  lease       interval NOT NULL,
  expires_at  timestamptz NOT NULL,
  acquired_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE leadership IS 'Which controller decides. The others only follow.';
COMMENT ON COLUMN leadership.holder IS 'The process of a controller; null when leadership was given back.';
COMMENT ON COLUMN leadership.epoch IS 'Grows with each holder.';
COMMENT ON COLUMN leadership.lease IS
  'How long it lasts. An end that is further away was written by a clock that has stepped.';
INSERT INTO leadership (epoch, lease, expires_at) VALUES (0, '0', now());

CREATE TABLE controllers (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name          resource_name NOT NULL,
  process       text NOT NULL CHECK (length(process) BETWEEN 1 AND 64),
  address       text CHECK (length(address) BETWEEN 1 AND 512),
  version       text NOT NULL CHECK (length(version) <= 64),
  hears         bigint[] NOT NULL DEFAULT '{}',
  hears_version bigint NOT NULL DEFAULT 1,
  started_at    timestamptz NOT NULL DEFAULT now(),
  seen_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT controllers_name_key UNIQUE (name),
  CONSTRAINT controllers_process_key UNIQUE (process)
) WITH (fillfactor = 50);
COMMENT ON TABLE controllers IS 'The controller processes. Those that stop cleanly take their rows along.';
COMMENT ON COLUMN controllers.process IS 'Random for each process; the holder of leadership.';
COMMENT ON COLUMN controllers.address IS 'By which workers and people reach it; null is not known.';
COMMENT ON COLUMN controllers.hears IS
  'The workers that are connected to it. Written only when it changes, as is hears_version.';
