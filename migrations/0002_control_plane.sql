-- The control plane's contract.

ALTER TABLE change_feed DROP CONSTRAINT change_feed_kind_check;
UPDATE change_feed SET kind = 'token' WHERE kind = 'access_token';
ALTER TABLE change_feed ADD CONSTRAINT change_feed_kind_check CHECK (
  kind IN (
    'camera', 'stream', 'worker', 'assignment', 'site', 'token', 'role_binding', 'user',
    'join_token', 'operation'));
