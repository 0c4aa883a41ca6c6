import { allow, guardRoutes } from '@waybill/service-kit'
import { continueFrom, inSpan, originOfRequest } from '@waybill/tracing'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { z } from 'zod'
import { CHECKS } from '../finding.ts'
import type { Policy } from '../policy/policy.ts'
import { type CheckDeps, checkInTurn, checkText } from './check-text.ts'
import {
  askedInput,
  askedOutput,
  askedPolicy,
  batchOf,
  type PolicyInForce,
  policyInForce,
  verdict,
  verdicts,
} from './contract.ts'
import { type Described, openApi } from './open-api.ts'
import { checked, refuseInOneForm } from './refuse.ts'

type Deps = CheckDeps & { token: string | undefined; log: Logger }

/** Everything but health and metrics. What is registered is what is described. */
export async function registerRoutes(app: FastifyInstance, { token, log, ...deps }: Deps): Promise<void> {
  refuseInOneForm(app, log)
  const described: Described[] = []
  const { checkInput, checkOutput } = checkText(deps)
  await app.register(async (guarded) => {
    guardRoutes(guarded, token === undefined ? allow.network() : allow.token(token))

    post('/v1/check/input', 'Check what comes in', askedInput, verdict, checkInput)
    post('/v1/check/output', 'Check what goes out', askedOutput, verdict, checkOutput)
    post('/v1/check/input/batch', 'Check several', batchOf(askedInput), verdicts, ({ checks }) =>
      checkInTurn(checks, checkInput),
    )
    post('/v1/check/output/batch', 'Check several', batchOf(askedOutput), verdicts, ({ checks }) =>
      checkInTurn(checks, checkOutput),
    )
    described.push({
      method: 'get',
      path: '/v1/policy',
      what: 'The policy in force',
      asked: askedPolicy,
      answered: policyInForce,
    })
    guarded.get('/v1/policy', (request) =>
      inRequest(request, async () => inForce(deps.policyOf(checked(askedPolicy, request.query).tenant))),
    )

    function post<Asked extends z.ZodType, Answered>(
      path: string,
      what: string,
      asked: Asked,
      answered: z.ZodType<Answered>,
      answer: (asked: z.output<Asked>) => Promise<Answered>,
    ): void {
      described.push({ method: 'post', path, what, asked, answered })
      guarded.post(path, (request) => inRequest(request, async () => answer(checked(asked, request.body))))
    }
  })
  const document = openApi(described, { needsToken: token !== undefined })
  app.get('/openapi.json', { onRequest: allow.network() }, async () => document)
}

/** Part of the caller's trace: who may ask is one of us. */
function inRequest<Answer>(request: FastifyRequest, answer: () => Promise<Answer>): Promise<Answer> {
  const { headers, method, routeOptions } = request
  const route = routeOptions.url ?? ''
  const attributes = { 'http.request.method': method, 'http.route': route }
  return continueFrom(originOfRequest(headers), () =>
    inSpan(`${method} ${route}`, () => ({ kind: 'server', attributes }), answer),
  )
}

function inForce({ version, checks, suspend }: Policy): PolicyInForce {
  return {
    policyVersion: version,
    whenUnreachable: Object.fromEntries(CHECKS.map((it) => [it, checks[it].whenUnreachable])),
    ...(suspend && { suspend }),
  }
}
