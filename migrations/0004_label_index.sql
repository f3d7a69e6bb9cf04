-- Lists by label stay fast with a million cameras: one entry for each label of a thing, in the order of lists.
--
-- A GIN index finds all that has a label, however few a page shows, and what is found is sorted by name. An
-- entry of (key, value, name) is found where the page begins, and the page is what follows it.

CREATE TABLE camera_label_entries (
  key       text COLLATE "C" NOT NULL,
  value     text COLLATE "C" NOT NULL,
  name      text COLLATE "C" NOT NULL,
  object_id bigint NOT NULL,
  CONSTRAINT camera_label_entries_pkey PRIMARY KEY (key, value, name) INCLUDE (object_id)
);
COMMENT ON TABLE camera_label_entries IS 'The labels of cameras; triggers keep them.';

CREATE TABLE stream_label_entries (
  key       text COLLATE "C" NOT NULL,
  value     text COLLATE "C" NOT NULL,
  name      text COLLATE "C" NOT NULL,
  object_id bigint NOT NULL,
  CONSTRAINT stream_label_entries_pkey PRIMARY KEY (key, value, name) INCLUDE (object_id)
);
COMMENT ON TABLE stream_label_entries IS 'The labels of streams; triggers keep them.';

CREATE TABLE stream_camera_label_entries (
  key       text COLLATE "C" NOT NULL,
  value     text COLLATE "C" NOT NULL,
  name      text COLLATE "C" NOT NULL,
  object_id bigint NOT NULL,
  CONSTRAINT stream_camera_label_entries_pkey PRIMARY KEY (key, value, name) INCLUDE (object_id)
);
COMMENT ON TABLE stream_camera_label_entries IS
  'For each stream the labels of its camera, which decide who may see it; triggers keep them.';

-- The entries of labels. Only text is a value that a selector can ask for.
CREATE FUNCTION label_entries(labels jsonb)
  RETURNS TABLE (key text, value text)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$
    SELECT l.key, l.value #>> '{}' FROM jsonb_each(labels) l WHERE jsonb_typeof(l.value) = 'string'
  $$;

CREATE FUNCTION add_camera_label_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO camera_label_entries
  SELECT l.key, l.value, c.name, c.id
  FROM added c CROSS JOIN label_entries(c.labels) l
  ORDER BY 1, 2, 3;
  RETURN NULL;
END
$$;
CREATE TRIGGER cameras_label_entries_added
  AFTER INSERT ON cameras REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION add_camera_label_entries();

-- For each row, since a statement's trigger would run for every change of anything else too. Names and a
-- stream's camera never change.
CREATE FUNCTION change_camera_label_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM camera_label_entries e USING label_entries(OLD.labels) l
  WHERE e.key = l.key AND e.value = l.value AND e.name = OLD.name;
  INSERT INTO camera_label_entries
  SELECT l.key, l.value, NEW.name, NEW.id FROM label_entries(NEW.labels) l;
  DELETE FROM stream_camera_label_entries e USING label_entries(OLD.labels) l, streams s
  WHERE s.camera_id = OLD.id AND e.key = l.key AND e.value = l.value AND e.name = s.name;
  INSERT INTO stream_camera_label_entries
  SELECT l.key, l.value, s.name, s.id
  FROM streams s CROSS JOIN label_entries(NEW.labels) l WHERE s.camera_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER cameras_label_entries_changed
  AFTER UPDATE OF labels ON cameras
  FOR EACH ROW WHEN (OLD.labels <> NEW.labels)
  EXECUTE FUNCTION change_camera_label_entries();

CREATE FUNCTION remove_camera_label_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM camera_label_entries e USING label_entries(OLD.labels) l
  WHERE e.key = l.key AND e.value = l.value AND e.name = OLD.name;
  -- Its streams go after it: their own trigger finds its labels no more.
  DELETE FROM stream_camera_label_entries e USING label_entries(OLD.labels) l, streams s
  WHERE s.camera_id = OLD.id AND e.key = l.key AND e.value = l.value AND e.name = s.name;
  RETURN OLD;
END
$$;
CREATE TRIGGER cameras_label_entries_removed
  BEFORE DELETE ON cameras
  FOR EACH ROW EXECUTE FUNCTION remove_camera_label_entries();

CREATE FUNCTION add_stream_label_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stream_label_entries
  SELECT l.key, l.value, s.name, s.id
  FROM added s CROSS JOIN label_entries(s.labels) l
  ORDER BY 1, 2, 3;
  INSERT INTO stream_camera_label_entries
  SELECT l.key, l.value, s.name, s.id
  FROM added s JOIN cameras c ON c.id = s.camera_id CROSS JOIN label_entries(c.labels) l
  ORDER BY 1, 2, 3;
  RETURN NULL;
END
$$;
CREATE TRIGGER streams_label_entries_added
  AFTER INSERT ON streams REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION add_stream_label_entries();

CREATE FUNCTION change_stream_label_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM stream_label_entries e USING label_entries(OLD.labels) l
  WHERE e.key = l.key AND e.value = l.value AND e.name = OLD.name;
  INSERT INTO stream_label_entries
  SELECT l.key, l.value, NEW.name, NEW.id FROM label_entries(NEW.labels) l;
  RETURN NULL;
END
$$;
CREATE TRIGGER streams_label_entries_changed
  AFTER UPDATE OF labels ON streams
  FOR EACH ROW WHEN (OLD.labels <> NEW.labels)
  EXECUTE FUNCTION change_stream_label_entries();

CREATE FUNCTION remove_stream_label_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM stream_label_entries e USING removed s, label_entries(s.labels) l
  WHERE e.key = l.key AND e.value = l.value AND e.name = s.name;
  DELETE FROM stream_camera_label_entries e USING removed s, cameras c, label_entries(c.labels) l
  WHERE c.id = s.camera_id AND e.key = l.key AND e.value = l.value AND e.name = s.name;
  RETURN NULL;
END
$$;
CREATE TRIGGER streams_label_entries_removed
  AFTER DELETE ON streams REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION remove_stream_label_entries();

INSERT INTO camera_label_entries
SELECT l.key, l.value, c.name, c.id FROM cameras c CROSS JOIN label_entries(c.labels) l
ORDER BY 1, 2, 3;
INSERT INTO stream_label_entries
SELECT l.key, l.value, s.name, s.id FROM streams s CROSS JOIN label_entries(s.labels) l
ORDER BY 1, 2, 3;
INSERT INTO stream_camera_label_entries
SELECT l.key, l.value, s.name, s.id
FROM streams s JOIN cameras c ON c.id = s.camera_id CROSS JOIN label_entries(c.labels) l
ORDER BY 1, 2, 3;
