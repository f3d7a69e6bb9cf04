-- Streams that move while both workers live: the new one has pictures before the old one lets go.
--
-- Each of the two has a generation of its own, so that neither is ever shared. A worker that was deleted
-- meanwhile is no previous one: ids are not used twice, so nothing has to be cleared.
ALTER TABLE assignments
  ADD COLUMN previous_worker_id  bigint,
  ADD COLUMN previous_generation bigint,
  ADD CONSTRAINT assignments_previous_check
    CHECK ((previous_worker_id IS NULL) = (previous_generation IS NULL)
      AND previous_generation < generation AND previous_worker_id <> worker_id);
COMMENT ON COLUMN assignments.previous_worker_id IS
  'Runs the stream on, at previous_generation, until worker_id has pictures.';
CREATE INDEX assignments_previous_worker ON assignments (previous_worker_id)
  WHERE previous_worker_id IS NOT NULL;
