export type Control = {
  what: string
  /** What is done, and what is not. */
  how: string
}

/** The numbers are those of the project's checklist. Tests name the one that they prove at the start of their title. */
export const CONTROLS = {
  S1: {
    what: 'A webhook is from WhatsApp',
    how: 'HMAC-SHA256 over the bytes as they came, before anything is parsed; compared in constant time after the length; a rule of the linter keeps secrets from being compared in any other way',
  },
  S2: {
    what: 'A secret can be replaced',
    how: 'two secrets hold at a time: `WHATSAPP_APP_SECRET_PREVIOUS`, `ORDER_EVENTS_SECRET_PREVIOUS`',
  },
  S3: {
    what: 'The check of the webhook’s address reflects nothing',
    how: 'the token is compared in constant time, the challenge may be letters and digits, the answer is text',
  },
  S4: {
    what: 'A webhook that is played again has no effect',
    how: 'WhatsApp signs no time. A message is known by its id for as long as its row is there, and by the time that WhatsApp gave it once the row has left; what is hours old changes nothing without a question',
  },
  S5: {
    what: 'Webhooks for others',
    how: 'another account or number: answered, counted, kept as an event, no effect',
  },
  S6: {
    what: 'Hostile bodies',
    how: 'size, headers and time are bounded at NGINX and at each server; `__proto__` and `constructor` are refused',
  },
  S7: {
    what: 'Own data only',
    how: 'the driver is who WhatsApp says it is; no tool has an argument for a driver; what belongs to another looks like what does not exist',
  },
  S8: {
    what: 'A second wall behind it',
    how: 'row-level security on what belongs to a driver or a conversation, set for each transaction',
  },
  S9: {
    what: 'Writes to the order system',
    how: 'one service token: the driver is part of the path, and every write has its idempotency key. The model can’t write: it takes the driver’s own clear word or a tap. A button holds no secret, since it may do no more than his words may; it is good for its day and for an order of his that day',
  },
  S10: {
    what: 'Prompt injection',
    how: 'texts, captions, notes and results of tools are data for the model and never instructions; a corpus of attacks runs through the whole system',
  },
  S11: { what: 'Hidden context', how: 'the prompt holds nothing secret; a canary in it may not leave' },
  S12: {
    what: 'What the model says',
    how: 'tools take what their strict schema allows; free text is checked against the data; links lead to allowed hosts; whatever shows texts shows them as text',
  },
  S13: {
    what: 'What can be used up',
    how: 'tokens and money per driver and day and for all, steps and tools per turn, sizes; one turn at a time per driver',
  },
  S14: {
    what: 'Too many requests',
    how: 'per driver and over all of them in Redis, at the ingress by its own load and the length of the queue; at NGINX one address has 512 requests in hand at most. Not so many a second per address: all of WhatsApp’s webhooks come from a few',
  },
  S15: {
    what: 'Requests to where somebody else says',
    how: 'media are read from WhatsApp’s hosts alone, over https, without redirects, after their address was looked at; the token goes to no other host',
  },
  S16: {
    what: 'Hostile files',
    how: 'only what the bytes say that it is, up to a size; nothing is decoded, unpacked or drawn, so that there is nothing to run apart or to explode. There is no virus scanner, and EXIF stays: a photo is evidence, kept as it came',
  },
  S17: {
    what: 'Secrets',
    how: 'from the environment only, never in logs or errors; no well-known value is accepted outside the sandbox’s profile',
  },
  S18: {
    what: 'Personal data in logs',
    how: 'no text and no number in logs, metrics or traces; what is kept in the database has an end, and can be exported and erased',
  },
  S19: {
    what: 'The audit',
    how: 'no role may change it, rows are chained by hash, and a command finds what was changed all the same',
  },
  S20: {
    what: 'People who dispatch',
    how: 'tokens (JWT, twelve hours old at most) of the company’s identity provider, whose business the second factor is; three roles, and a least one for each route; the audit has the name that the token vouches for. For tools and emergencies one shared token of 32 characters or more, whose bearer says in whose name. All of it over the internal network, without sessions: no cookies, no CSRF',
  },
  S21: { what: 'Every route says who may call it', how: 'a route without a policy does not start' },
  S22: {
    what: 'TLS',
    how: 'in production plaintext is refused unless its host is named as private; certificates are verified',
  },
  S23: { what: 'RabbitMQ', how: 'one user per service with the rights that its queues need; no `guest`' },
  S24: { what: 'Redis', how: 'one user with its prefix and the commands that are used' },
  S25: {
    what: 'PostgreSQL',
    how: 'one role per service with the statements that it needs; the ingress has none',
  },
  S26: {
    what: 'What others answer',
    how: 'answers of the order system, the model and WhatsApp are checked by schema, bounded in size and time, and no redirect is followed',
  },
  S27: {
    what: 'Supply chain',
    how: 'exact versions, a day old at least; no install script runs; licences are checked; each image has its bill of materials (CycloneDX) at `/app/sbom.cdx.json`; `npm run advisories` asks the registry what is known and keeps its answer. Images are not signed, and the base is pinned by whoever builds: `--build-arg NODE=node@sha256:…`',
  },
  S28: {
    what: 'Containers',
    how: 'not root, file system read-only, no capabilities, no shell, no package manager, memory and processes bounded',
  },
  S29: {
    what: 'Who may talk to whom',
    how: 'network policies that deny by default; nobody reaches an address of metadata',
  },
  S30: { what: 'Errors', how: 'say what to do and nothing of the inside; no server header, no CORS' },
  S31: {
    what: 'What can be guessed',
    how: 'an unknown order and somebody else’s take the same way and get the same answer',
  },
  S32: {
    what: 'Dead letters',
    how: 'a replay is authorised and deduplicated anew, nobody can edit one, and it is on record',
  },
  S33: {
    what: 'Who has the number now',
    how: 'a number with another identity is locked until dispatch confirms it; who is suspended has no tools from the next message on',
  },
  S34: {
    what: 'Opt-out, and WhatsApp’s 24 hours',
    how: 'looked at before every send, in the transaction that takes the row',
  },
  S35: { what: 'This page', how: 'is written from the code, and a number without a test fails' },
} as const satisfies Record<string, Control>

export type ControlId = keyof typeof CONTROLS
