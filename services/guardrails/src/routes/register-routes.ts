import { continueFrom, inSpan, originOfRequest } from '@waybill/tracing'
import type { FastifyInstance } from 'fastify'
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
import { authorize, checked, refuseInOneForm } from './refuse.ts'

type Deps = CheckDeps & { token: string | undefined; log: Logger }

/** Everything but health and metrics. What is registered is what is described. */
export async function registerRoutes(app: FastifyInstance, { token, log, ...deps }: Deps): Promise<void> {
  refuseInOneForm(app, log)
  const described: Described[] = []
  const { checkInput, checkOutput } = checkText(deps)
  await app.register(async (guarded) => {
    if (token !== undefined) guarded.addHook('onRequest', authorize(token))

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
    guarded.get('/v1/policy', async ({ query }) => inForce(deps.policyOf(checked(askedPolicy, query).tenant)))

    function post<Asked extends z.ZodType, Answered>(
      path: string,
      what: string,
      asked: Asked,
      answered: z.ZodType<Answered>,
      answer: (asked: z.output<Asked>) => Promise<Answered>,
    ): void {
      described.push({ method: 'post', path, what, asked, answered })
      const attributes = { 'http.request.method': 'POST', 'http.route': path }
      guarded.post(path, ({ body, headers }) =>
        continueFrom(originOfRequest(headers), () =>
          inSpan(
            `POST ${path}`,
            () => ({ kind: 'server', attributes }),
            async () => answer(checked(asked, body)),
          ),
        ),
      )
    }
  })
  const document = openApi(described, { needsToken: token !== undefined })
  app.get('/openapi.json', async () => document)
}

function inForce({ version, checks, suspend }: Policy): PolicyInForce {
  return {
    policyVersion: version,
    whenUnreachable: Object.fromEntries(CHECKS.map((it) => [it, checks[it].whenUnreachable])),
    ...(suspend && { suspend }),
  }
}
