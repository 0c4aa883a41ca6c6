import { createHash } from 'node:crypto'
import type { GuardrailRecord } from '@waybill/database'
import { createBreaker } from '@waybill/resilience'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type {
  AskedInput,
  AskedOutput,
  GuardrailsApi,
  PolicyInForce,
  TextSource,
  Verdict,
} from './guardrails-api.ts'
import { maskSpans } from './mask-spans.ts'
import { isPlainAttack, plainPersonalData } from './minimum.ts'

/** What may be done with words that came in. */
export type GuardedWords = {
  action: 'allow' | 'warn' | 'block'
  /** Without personal data: for the model. */
  text: string
  /** Puts the personal data back into what was made of `text`. */
  restore: (text: string) => string
  /** For the driver, when the words are warned of or blocked; none when it was the built-in minimum. */
  message: string | undefined
  tellDispatch: boolean
  suspend: Verdict['suspend']
  /** Which policy it was; `minimum` when the guardrails could not be asked. */
  policyVersion: string
  record: GuardrailRecord | undefined
}
export type GuardedOutput = { isLetOut: boolean; text: string; record: GuardrailRecord | undefined }

export type Guard = Disposable & {
  /** Never throws but for the turn's own end. */
  words(asked: AskedInput & { wamid: string }, signal: AbortSignal): Promise<GuardedWords>
  /** Whether texts that somebody else wrote may be read by a model: no attack in any of them. */
  mayBeRead(
    texts: readonly string[],
    of: { language: string; source: TextSource },
    signal: AbortSignal,
  ): Promise<Read>
  /** What a model wrote: none of it leaves when it could not be checked, unless the policy has it otherwise. */
  output(asked: readonly AskedOutput[], signal: AbortSignal): Promise<GuardedOutput[]>
}
type Read = { isHarmless: boolean; records: GuardrailRecord[] }

type Deps = {
  api: GuardrailsApi
  timeoutMs: number
  registry: Registry
  log: Logger
  onChecked: (of: { direction: 'input' | 'output'; outcome: string }) => void
}

export const MINIMUM = 'minimum'
const IN_CHECKS = ['injection', 'nsfw', 'pii', 'secret'] as const
const OUT_CHECKS = ['grounding', 'url', 'leak', 'limits'] as const
const MASKED: readonly string[] = ['pii', 'secret']

/** The guardrails behind a breaker, with what holds when they can't be asked. */
export function createGuard({ api, timeoutMs, registry, log, onChecked }: Deps): Guard {
  let policy: PolicyInForce | undefined
  const breaker = createBreaker(
    { name: 'guardrails', timeoutMs, registry, log },
    (signal, ask: (signal: AbortSignal) => Promise<Verdict[]>, turnSignal: AbortSignal) =>
      ask(AbortSignal.any([signal, turnSignal])),
  )
  const unreachable = (check: string) =>
    policy?.whenUnreachable[check] ??
    ((OUT_CHECKS as readonly string[]).includes(check) ? 'block' : 'minimum')

  async function verdictsOf(
    ask: (signal: AbortSignal) => Promise<Verdict[]>,
    signal: AbortSignal,
  ): Promise<Verdict[] | undefined> {
    try {
      const verdicts = await breaker.call(ask, signal)
      const version = verdicts[0]?.policyVersion
      if (version !== undefined && version !== policy?.policyVersion) void learnPolicy(version)
      return verdicts
    } catch (error) {
      signal.throwIfAborted()
      log.warn({ err: error }, 'the guardrails could not be asked')
      return undefined
    }
  }

  /** Known before it is needed: what to do when nobody answers any more. */
  async function learnPolicy(version: string): Promise<void> {
    policy = { whenUnreachable: policy?.whenUnreachable ?? {}, policyVersion: version }
    try {
      policy = await api.policy(AbortSignal.timeout(timeoutMs))
    } catch (error) {
      policy = { ...policy, policyVersion: '' }
      log.warn({ err: error }, 'the policy of the guardrails could not be read')
    }
  }

  return {
    async words({ wamid, ...asked }, signal) {
      const [verdict] = (await verdictsOf(async (it) => [await api.input(asked, it)], signal)) ?? []
      const guarded = verdict ? guardedBy(verdict, asked, wamid) : guardedWithout(asked.text, unreachable)
      const outcome = verdict ? guarded.action : `${MINIMUM}-${guarded.action}`
      onChecked({ direction: 'input', outcome })
      return guarded
    },
    async mayBeRead(texts, of, signal) {
      const asked = texts.map((text) => ({ text, ...of }))
      const verdicts = await verdictsOf((it) => api.inputs(asked, it), signal)
      onChecked({ direction: 'input', outcome: verdicts ? 'read' : `${MINIMUM}-read` })
      if (!verdicts) return { isHarmless: !texts.some(isPlainAttack), records: [] }
      return {
        isHarmless: verdicts.every(({ action }) => action !== 'block'),
        records: verdicts.flatMap(
          (verdict) => recordOf(verdict, { direction: 'input', source: of.source }) ?? [],
        ),
      }
    },
    async output(asked, signal) {
      const verdicts = await verdictsOf((it) => api.outputs(asked, it), signal)
      const mayPass = OUT_CHECKS.every((check) => unreachable(check) === 'allow')
      return asked.map(({ text }, index) => {
        const verdict = verdicts?.[index]
        const isLetOut = verdict ? verdict.action === 'allow' || verdict.action === 'warn' : mayPass
        onChecked({
          direction: 'output',
          outcome: verdict ? verdict.action : `${MINIMUM}-${isLetOut ? 'allow' : 'block'}`,
        })
        return {
          isLetOut,
          text: verdict && isLetOut ? verdict.text : text,
          record: verdict && recordOf(verdict, { direction: 'output', source: 'model' }),
        }
      })
    },
    [Symbol.dispose]: () => breaker[Symbol.dispose](),
  }
}

function guardedBy(verdict: Verdict, { text, source }: AskedInput, wamid: string): GuardedWords {
  const { action, findings, message, tellDispatch, suspend, policyVersion } = verdict
  const personal = findings.filter(({ check }) => MASKED.includes(check))
  return {
    action: action === 'replace' ? 'block' : action,
    ...maskSpans(
      text,
      personal.map(({ kind, check, span }) => ({ kind: kind ?? check, span })),
    ),
    ...{ message, tellDispatch, suspend, policyVersion },
    record: recordOf(verdict, { direction: 'input', source, wamid }),
  }
}

/** What a driver's words are worth when nobody could look at them. */
function guardedWithout(
  text: string,
  unreachable: (check: string) => PolicyInForce['whenUnreachable'][string],
): GuardedWords {
  const isMinimum = (checks: readonly string[]) => checks.some((check) => unreachable(check) === 'minimum')
  const isBlocked =
    IN_CHECKS.some((check) => unreachable(check) === 'block') ||
    (isMinimum(['injection']) && isPlainAttack(text))
  return {
    action: isBlocked ? 'block' : 'allow',
    ...maskSpans(text, isMinimum(MASKED) ? plainPersonalData(text) : []),
    ...{
      message: undefined,
      tellDispatch: false,
      suspend: undefined,
      policyVersion: MINIMUM,
      record: undefined,
    },
  }
}

function recordOf(
  { action, findings, policyVersion, store, text }: Verdict,
  of: Pick<GuardrailRecord, 'direction' | 'source' | 'wamid'>,
): GuardrailRecord | undefined {
  if (findings.length === 0) return undefined
  return {
    ...of,
    ...{ action, policyVersion, findings },
    ...(store === 'text' ? { text } : {}),
    ...(store === 'hash' ? { textSha256: createHash('sha256').update(text).digest('hex') } : {}),
  }
}
