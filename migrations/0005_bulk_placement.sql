-- A million placements in a minute: what each of them costs the database.
--
-- The generation of an assignment is the revision that placed it, which grows for all streams together. A
-- counter in the stream's row would be a new version of that row, in all its indexes, with each placement.
-- No counter is above the newest revision, since each placement takes one; if somebody has made one that is,
-- the revisions go on above it.
UPDATE revision SET value = counted.newest, trimmed_through = counted.newest
FROM (SELECT max(last_generation) AS newest FROM streams) counted
WHERE counted.newest > value;
ALTER TABLE streams DROP COLUMN last_generation;
COMMENT ON COLUMN assignments.generation IS
  'The fence against two owners: the revision of the placement, so that it only grows.';

-- References are checked by statement. Row by row this took as long as all the rest of a placement, and
-- wrote a lock into the stream's row. Writers follow each other (see `revision`), so that nothing that is
-- checked can go meanwhile.
ALTER TABLE assignments
  DROP CONSTRAINT assignments_stream_fkey,
  DROP CONSTRAINT assignments_worker_fkey;

CREATE FUNCTION check_assignments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM changed a WHERE NOT EXISTS (SELECT FROM streams s WHERE s.id = a.stream_id)) THEN
    RAISE foreign_key_violation USING
      CONSTRAINT = 'assignments_stream_fkey', MESSAGE = 'an assignment names a stream that there is not';
  END IF;
  IF EXISTS (
    SELECT FROM changed a WHERE NOT EXISTS (SELECT FROM workers w WHERE w.id = a.worker_id)) THEN
    RAISE foreign_key_violation USING
      CONSTRAINT = 'assignments_worker_fkey', MESSAGE = 'an assignment names a worker that there is not';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER assignments_checked_new
  AFTER INSERT ON assignments REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION check_assignments();
CREATE TRIGGER assignments_checked_changed
  AFTER UPDATE ON assignments REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION check_assignments();

CREATE FUNCTION remove_assignments_of_streams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM assignments a USING removed s WHERE a.stream_id = s.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER streams_assignments_removed
  AFTER DELETE ON streams REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION remove_assignments_of_streams();

CREATE FUNCTION keep_workers_with_assignments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM assignments a JOIN removed w ON w.id = a.worker_id) THEN
    RAISE foreign_key_violation USING
      CONSTRAINT = 'assignments_worker_fkey', MESSAGE = 'a worker that still has streams is not removed';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER workers_assignments_kept
  AFTER DELETE ON workers REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION keep_workers_with_assignments();

-- The same names as before; a count of repetitions in the pattern made each check fourteen times as dear.
ALTER DOMAIN resource_name DROP CONSTRAINT resource_name_check;
ALTER DOMAIN resource_name ADD CONSTRAINT resource_name_check CHECK (
  octet_length(VALUE) BETWEEN 1 AND 63 AND VALUE !~ '[^-a-z0-9.]|^[-.]|[-.]$');
