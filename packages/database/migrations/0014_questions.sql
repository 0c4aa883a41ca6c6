-- Up Migration

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Drivers leave accents out: words are compared without them.
CREATE TEXT SEARCH CONFIGURATION faq_en (COPY = english);
CREATE TEXT SEARCH CONFIGURATION faq_pt (COPY = portuguese);
CREATE TEXT SEARCH CONFIGURATION faq_es (COPY = spanish);
ALTER TEXT SEARCH CONFIGURATION faq_en ALTER MAPPING FOR hword, hword_part, word, asciiword, asciihword, hword_asciipart
  WITH unaccent, english_stem;
ALTER TEXT SEARCH CONFIGURATION faq_pt ALTER MAPPING FOR hword, hword_part, word, asciiword, asciihword, hword_asciipart
  WITH unaccent, portuguese_stem;
ALTER TEXT SEARCH CONFIGURATION faq_es ALTER MAPPING FOR hword, hword_part, word, asciiword, asciihword, hword_asciipart
  WITH unaccent, spanish_stem;

CREATE FUNCTION faq_words(p_language text, p_text text) RETURNS tsvector LANGUAGE sql STABLE AS $$
  SELECT to_tsvector(('faq_' || p_language)::regconfig, p_text)
$$;
CREATE FUNCTION faq_letters(p_text text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT lower(unaccent(p_text))
$$;

-- What drivers ask, and what the company answers: word for word what a driver reads.
CREATE TABLE faq_entries (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  language   text NOT NULL CHECK (language IN ('en', 'pt', 'es')),
  title      text NOT NULL,
  answer     text NOT NULL,
  source     text NOT NULL CHECK (source IN ('file', 'dispatch')),
  words      tsvector NOT NULL,      -- of all of it
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (language, source, title)
);
CREATE INDEX faq_entries_words ON faq_entries USING gin (words);

-- Ways to ask for it, the title among them.
CREATE TABLE faq_phrases (
  entry_id uuid NOT NULL REFERENCES faq_entries ON DELETE CASCADE,
  phrase   text NOT NULL,
  letters  text NOT NULL,
  words    tsvector NOT NULL,
  PRIMARY KEY (entry_id, phrase)
);
CREATE INDEX faq_phrases_words ON faq_phrases USING gin (words);
CREATE INDEX faq_phrases_letters ON faq_phrases USING gin (letters gin_trgm_ops);

CREATE FUNCTION put_faq_entry(p_language text, p_source text, p_title text, p_phrases text[], p_answer text) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE entry uuid;
BEGIN
  INSERT INTO faq_entries AS f (language, source, title, answer, words)
    VALUES (p_language, p_source, p_title, p_answer,
      faq_words(p_language, concat_ws(' ', p_title, array_to_string(p_phrases, ' '), p_answer)))
  ON CONFLICT (language, source, title) DO UPDATE SET answer = excluded.answer, words = excluded.words,
    updated_at = CASE WHEN f.answer = excluded.answer THEN f.updated_at ELSE excluded.updated_at END
  RETURNING f.id INTO entry;
  DELETE FROM faq_phrases WHERE entry_id = entry;
  INSERT INTO faq_phrases (entry_id, phrase, letters, words)
    SELECT DISTINCT entry, p, faq_letters(p), faq_words(p_language, p) FROM unnest(p_title || p_phrases) p;
  RETURN entry;
END $$;

-- The files are the whole truth about the entries that come from files: what is no longer in them goes.
--   p_entries [{title, phrases: […], answer}]
CREATE FUNCTION load_faq(p_language text, p_entries jsonb) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('load_faq'));
  DELETE FROM faq_entries f WHERE f.language = p_language AND f.source = 'file'
    AND f.title NOT IN (SELECT e ->> 'title' FROM jsonb_array_elements(p_entries) e);
  PERFORM put_faq_entry(p_language, 'file', e ->> 'title',
      ARRAY(SELECT jsonb_array_elements_text(e -> 'phrases')), e ->> 'answer')
    FROM jsonb_array_elements(p_entries) e;
  RETURN jsonb_array_length(p_entries);
END $$;

-- How near two sets of words are, 0 to 1: what they share by what they are.
CREATE FUNCTION words_in_common(a text[], b text[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN cardinality(a) = 0 OR cardinality(b) = 0 THEN 0
    ELSE (SELECT count(*) FROM unnest(a) w WHERE w = ANY (b)) / sqrt(cardinality(a) * cardinality(b)::float8) END
$$;

-- Entries that may answer a question, best first; score 0 to 1: words (full text) and letters (trigrams). What was said
-- before helps only among entries that share a word with the question itself.
CREATE FUNCTION find_answers(p_language text, p_question text, p_before text, p_limit int)
RETURNS TABLE (id uuid, title text, answer text, source text, score float8) LANGUAGE sql STABLE AS $$
  WITH asked AS (
    SELECT tsvector_to_array(faq_words(p_language, p_question)) AS own,
      tsvector_to_array(faq_words(p_language, concat_ws(' ', p_question, nullif(p_before, '')))) AS whole,
      faq_letters(p_question) AS letters
  ), candidate AS (
    SELECT f.id, f.title, f.answer, f.source, f.words, p.words AS phrase_words, p.letters, a.own, a.whole,
      a.letters AS asked_letters
    FROM asked a JOIN faq_entries f ON f.language = p_language JOIN faq_phrases p ON p.entry_id = f.id
    WHERE p.letters % a.letters
      OR f.words @@ (SELECT coalesce(string_agg(quote_literal(replace(w, '\', '')), '|'), '')::tsquery FROM unnest(a.own) w)
  ), scored AS (
    SELECT c.*, greatest(
      0.65 * words_in_common(c.own, tsvector_to_array(c.phrase_words)) + 0.35 * similarity(c.asked_letters, c.letters),
      CASE WHEN c.whole <> c.own AND c.own && tsvector_to_array(c.words)
        THEN 0.7 * words_in_common(c.whole, tsvector_to_array(c.phrase_words)) ELSE 0 END) AS points
    FROM candidate c
  )
  SELECT s.id, s.title, s.answer, s.source, max(s.points) AS score FROM scored s
  GROUP BY s.id, s.title, s.answer, s.source ORDER BY score DESC, s.source, s.title LIMIT p_limit
$$;

-- What nobody could answer, without names and numbers. The turns have it in the audit; an answer ends it, until it is
-- asked again.
CREATE INDEX audit_unanswered ON audit (at) WHERE action = 'question.unanswered';
CREATE VIEW unanswered_questions AS
  SELECT md5(a.detail ->> 'language' || ':' || (a.detail ->> 'question')) AS id, a.detail ->> 'language' AS language,
    a.detail ->> 'question' AS question, a.detail ->> 'about' AS about, count(*)::int AS times,
    count(DISTINCT a.driver_id)::int AS drivers, min(a.at) AS first_at, max(a.at) AS last_at
  FROM audit a
  WHERE a.action = 'question.unanswered' AND NOT EXISTS (
    SELECT FROM faq_phrases p JOIN faq_entries f ON f.id = p.entry_id
    WHERE f.language = a.detail ->> 'language' AND p.phrase = a.detail ->> 'question' AND f.updated_at >= a.at)
  GROUP BY a.detail ->> 'language', a.detail ->> 'question', a.detail ->> 'about';

-- Dispatch answers what nobody could: from here it is an entry like any other. null: no such question is open.
CREATE FUNCTION answer_question(p_id text, p_title text, p_answer text, p_by text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  q unanswered_questions%ROWTYPE;
  entry uuid;
BEGIN
  SELECT * INTO q FROM unanswered_questions u WHERE u.id = p_id LIMIT 1;
  IF q.id IS NULL THEN RETURN NULL; END IF;
  entry := put_faq_entry(q.language, 'dispatch', coalesce(p_title, q.question), ARRAY[q.question] || ARRAY(
    SELECT p.phrase FROM faq_phrases p JOIN faq_entries f ON f.id = p.entry_id
    WHERE f.language = q.language AND f.source = 'dispatch' AND f.title = p_title), p_answer);
  UPDATE faq_entries SET updated_at = clock_timestamp() WHERE faq_entries.id = entry;
  INSERT INTO audit (action, detail) VALUES ('faq.answered', jsonb_build_object('entryId', entry, 'language', q.language,
    'question', q.question, 'times', q.times, 'by', p_by));
  RETURN entry;
END $$;

-- Down Migration

DROP FUNCTION answer_question, find_answers, words_in_common, load_faq, put_faq_entry;
DROP VIEW unanswered_questions;
DROP INDEX audit_unanswered;
DROP TABLE faq_phrases, faq_entries;
DROP FUNCTION faq_letters, faq_words;
DROP TEXT SEARCH CONFIGURATION faq_en;
DROP TEXT SEARCH CONFIGURATION faq_pt;
DROP TEXT SEARCH CONFIGURATION faq_es;
