-- Finds a part of a text by an index. The owner of a database may create this extension, because it is trusted.
create extension if not exists pg_trgm;

-- The text of a job in which a part is found. No field but the description can contain the line breaks between them.
create function job_text(name text, description text, key text, api text) returns text language sql immutable parallel safe
return coalesce(name, '') || E'\n' || coalesce(description, '') || E'\n' || coalesce(key, '') || E'\n' || api;
