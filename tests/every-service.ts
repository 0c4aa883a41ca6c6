import * as assistantConfig from '../services/assistant/src/config.ts'
import * as assistant from '../services/assistant/src/service.ts'
import * as dispatchConfig from '../services/dispatch/src/config.ts'
import * as dispatch from '../services/dispatch/src/service.ts'
import * as guardrailsConfig from '../services/guardrails/src/config.ts'
import * as guardrails from '../services/guardrails/src/service.ts'
import * as ingressConfig from '../services/ingress/src/config.ts'
import * as ingress from '../services/ingress/src/service.ts'
import * as intakeConfig from '../services/intake/src/config.ts'
import * as intake from '../services/intake/src/service.ts'
import * as schedulerConfig from '../services/scheduler/src/config.ts'
import * as scheduler from '../services/scheduler/src/service.ts'
import * as senderConfig from '../services/sender/src/config.ts'
import * as sender from '../services/sender/src/service.ts'

type Env = Readonly<Record<string, string>>

/** Each starts in this process, on what its environment says. */
export const EVERY_SERVICE = [
  ['ingress', (env: Env) => ingress.startService(ingressConfig.loadConfig({ PROFILE: 'sandbox', ...env }))],
  ['intake', (env: Env) => intake.startService(intakeConfig.loadConfig({ PROFILE: 'sandbox', ...env }))],
  [
    'assistant',
    (env: Env) => assistant.startService(assistantConfig.loadConfig({ PROFILE: 'sandbox', ...env })),
  ],
  [
    'guardrails',
    (env: Env) => guardrails.startService(guardrailsConfig.loadConfig({ PROFILE: 'sandbox', ...env })),
  ],
  ['sender', (env: Env) => sender.startService(senderConfig.loadConfig({ PROFILE: 'sandbox', ...env }))],
  [
    'scheduler',
    (env: Env) => scheduler.startService(schedulerConfig.loadConfig({ PROFILE: 'sandbox', ...env })),
  ],
  [
    'dispatch',
    (env: Env) => dispatch.startService(dispatchConfig.loadConfig({ PROFILE: 'sandbox', ...env })),
  ],
] as const
