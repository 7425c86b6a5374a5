-- Full-text search: a generated column, so that what is edited or deleted leaves it in the same statement. The tokens are those
-- of `schema/search/tokens.ts`, where the ranges of characters are explained: no text search configuration, no extension
-- and no locale has a part in it. Beside its tokens a message carries two lexemes that no token can equal: `#c` and its
-- conversation, `#w` and the week of its commit, with which a search looks at one conversation, or at the newest weeks first,
-- within the index.

create function search_vector(conversation text, committed_at timestamptz, body text) returns tsvector
language plpgsql immutable strict parallel safe as $$
declare
  ignored constant text := '[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]';
  unspaced constant text := '([\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u2190-\u2bff\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U0001f000-\U0003ffff]+)';
  separators constant text := '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02c2-\u02df\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u0e3f\u0e4f\u0e5a\u0e5b\u104a-\u104f\u1680\u17d4-\u17db\u2000-\u206f\u20a0-\u20cf\u2e00-\u2e7f\u3000-\u3004\u3008-\u303f\u30fb\ufe10-\ufe6f]+';
  is_ascii constant boolean := octet_length(body) = char_length(body);
  folded text := lower(case when is_ascii then body else regexp_replace(normalize(body, NFKD), ignored, '', 'g') end);
  has_unspaced boolean := false;
  run text;
  former text;
  character text;
  place integer := 0;
  lexemes text[] := array['''#c' || conversation || '''', '''#w' || div(extract(epoch from committed_at), 604800) || ''''];
begin
  if not is_ascii then
    folded := translate(replace(replace(replace(folded, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłđðħıς', 'olddhiσ');
    has_unspaced := folded ~ unspaced;
    if has_unspaced then folded := regexp_replace(folded, unspaced, ' \1 ', 'g'); end if;
  end if;
  foreach run in array regexp_split_to_array(folded, separators) loop
    if run = '' then continue; end if;
    place := place + 1;
    if has_unspaced and run ~ unspaced then
      former := null;
      foreach character in array string_to_array(run, null) loop
        if former is not null then
          lexemes := array_append(lexemes, '''' || former || character || ''':' || place);
          place := place + 1;
        end if;
        former := character;
      end loop;
      lexemes := array_append(lexemes, '''' || former || ''':' || place);
    else
      lexemes := array_append(lexemes, '''' || left(run, 64) || ''':' || place);
    end if;
  end loop;
  return array_to_string(lexemes, ' ')::tsvector;
end $$;

alter table messages add column search tsvector
  generated always as (search_vector(conversation, committed_at, body)) stored;
create index messages_search on messages using gin (search);
