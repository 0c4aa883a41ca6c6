import { createBreaker, fetchAtMost } from '@waybill/resilience'
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { z } from 'zod'

/** Who vouches for people: JWTs of `issuer` for `audience`, signed with a key of `jwksUrl`. */
export type IdentityConfig = { issuer: string; audience: string; jwksUrl: string; rolesClaim: string }

/** `roles` is whatever the token has there. */
export type Person = { name: string; roles: unknown }

type Deps = { identity: IdentityConfig; registry: Registry; log: Logger }

/** Those for which nobody but the issuer has the key. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519']
/** Whose role was taken away has it for as long as this at most: a shift. */
const TOKEN_AGE_MAX = '12h'
const CLOCKS_DIFFER = '30s'
const KEYS_TIMEOUT_MS = 3_000
const KEYS_BYTES_MAX = 64 * 1024
/** What jose says when the keys could not be had: nothing that the token could be blamed for. */
const OF_THE_KEYS = ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']

const text = z.string().trim().min(1)
const claims = z.looseObject({
  sub: text.max(255),
  email: text.max(100).optional().catch(undefined),
  preferred_username: text.max(100).optional().catch(undefined),
})

/**
 * Whose token it is; `undefined` for one that is not the issuer's, not for us, or over. Throws when the keys can't be had:
 * they are fetched when they are needed, and kept for ten minutes.
 */
export type PersonOf = (token: string) => Promise<Person | undefined>

export function identityProvider({ identity, registry, log }: Deps): Disposable & { personOf: PersonOf } {
  const { issuer, audience, jwksUrl, rolesClaim } = identity
  const get = fetchAtMost(KEYS_BYTES_MAX, { name: 'identity-provider' })
  const breaker = createBreaker(
    { name: 'identity-provider', registry, log, timeoutMs: KEYS_TIMEOUT_MS },
    async (signal, url: string, headers: Headers) => {
      const answer = await get(url, { headers, signal })
      if (!answer.ok) throw new Error(`the identity provider answered ${answer.status}`)
      return new Response(await answer.arrayBuffer())
    },
  )
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: 2 * KEYS_TIMEOUT_MS,
    [customFetch]: (url, { headers }) => breaker.call(url, headers),
  })
  const expected = {
    ...{ issuer, audience, algorithms: ALGORITHMS, requiredClaims: ['exp', 'sub'] },
    ...{ maxTokenAge: TOKEN_AGE_MAX, clockTolerance: CLOCKS_DIFFER },
  }
  const personOf: PersonOf = async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, expected)
      const { sub, email, preferred_username: login } = claims.parse(payload)
      const known = email ?? login
      // An e-mail address may change hands, `sub` may not.
      return { name: known === undefined ? sub : `${known} (${sub})`, roles: payload[rolesClaim] }
    } catch (error) {
      const isRefused = error instanceof errors.JOSEError && !OF_THE_KEYS.includes(error.code)
      if (isRefused || error instanceof z.ZodError) return undefined
      throw error
    }
  }
  return { personOf, [Symbol.dispose]: () => breaker[Symbol.dispose]() }
}
