import { allow, type Guard, isSameSecret } from '@waybill/service-kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import { AdminError } from './admin-error.ts'
import type { Person, PersonOf } from './identity-provider.ts'

/** To look, to answer drivers, to handle what was set aside. Each may what the ones before it may. */
const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** The least role that may use a route, as its `onRequest`. */
export type May = (role: Role) => Guard

/** `name` is for the audit: that of the account, or with the shared token what the caller says. */
type Operator = { role: Role; name: string | undefined }
type Deps = {
  /** The shared one: whoever has it is an admin. */
  token: string | undefined
  personOf: PersonOf | undefined
  log: Logger
}

const OPERATOR = 'operator'
const givenName = z.string().trim().min(1).max(100)
const roles = z.union([z.string().transform((it) => [it]), z.array(z.unknown())]).catch([])

/** Lets in who has the role: 401 for a token that is none, 403 for one without the role. */
export function operators(admin: FastifyInstance, { token, personOf, log }: Deps): May {
  admin.decorateRequest(OPERATOR)
  return (role) =>
    allow.bearer(async (shown, request) => {
      const operator = await operatorWith(shown, request)
      if (!operator) return false
      request.setDecorator(OPERATOR, operator)
      requireRole(request, role)
      return true
    })

  async function operatorWith(shown: string, { headers }: FastifyRequest): Promise<Operator | undefined> {
    if (token !== undefined && isSameSecret(shown, token))
      return { role: 'admin', name: givenName.safeParse(headers['x-operator']).data }
    const person = await personOf?.(shown).catch((error: unknown) => {
      log.warn({ err: error }, 'the identity provider could not be asked')
      throw new AdminError(503, 'the identity provider can not be asked: try again')
    })
    return person && { role: roleOf(person), name: person.name }
  }
}

/** Throws the refusal of whoever has a lesser one. */
export function requireRole(request: FastifyRequest, role: Role): void {
  const { role: has } = request.getDecorator<Operator>(OPERATOR)
  if (ROLES.indexOf(has) < ROLES.indexOf(role)) throw new AdminError(403, `this needs the role ${role}`)
}

/** Who is doing this, for the audit. */
export function operatorOf(request: FastifyRequest): string {
  const { name } = request.getDecorator<Operator>(OPERATOR)
  if (name === undefined) throw new AdminError(400, 'x-operator: who is doing this?')
  return name
}

function roleOf({ roles: given }: Person): Role {
  const has = roles.parse(given)
  const role = ROLES.findLast((it) => has.includes(it))
  if (role === undefined) throw new AdminError(403, `the token has none of the roles ${ROLES.join(', ')}`)
  return role
}
