import { parseArgs, types } from 'node:util'
import { type Scale, SERVICES, type ServiceName } from './stack/services.ts'

export type StartOptions = {
  isOnce: boolean
  isFresh: boolean
  withDemo: boolean
  port: number | undefined
  scale: Partial<Scale>
}

export const START_HELP = `npm start -- [options]
  --once                 stop after the example conversation: exit code 0 if it was answered
  --no-demo              without the example conversation
  --scale assistant=5    how many of a service, more than once or with commas: ${SERVICES.join(', ')}
  --fresh                without the data of earlier starts
  --port 8080            of the front door, where webhooks arrive; a free one without
  --help                 this text`

const INSTANCES_MAX = 50

/** `undefined` when help was asked for. Throws with a sentence that says what is allowed. */
export function readStartOptions(args: readonly string[]): StartOptions | undefined {
  const { values } = parse(args)
  if (values.help) return undefined
  const isOnce = values.once ?? false
  const withDemo = !values['no-demo']
  if (isOnce && !withDemo)
    throw new Error('--once waits for the conversation that --no-demo leaves out: give one of them.')
  return {
    isOnce,
    withDemo,
    isFresh: values.fresh ?? false,
    port: values.port === undefined ? undefined : portFrom(values.port),
    scale: Object.fromEntries((values.scale ?? []).flatMap((it) => it.split(',')).map(scaleFrom)),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean' },
        'no-demo': { type: 'boolean' },
        scale: { type: 'string', multiple: true },
        fresh: { type: 'boolean' },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (cause) {
    const problem = types.isNativeError(cause) ? cause.message.split('. ')[0] : ''
    throw new Error(`${problem}.\n\n${START_HELP}`, { cause })
  }
}

function portFrom(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new Error(`--port ${text}: give a number from 1 to 65535.`)
}

function scaleFrom(text: string): [ServiceName, number] {
  const [name, count] = text.split('=')
  const service = SERVICES.find((it) => it === name)
  const instances = Number(count)
  if (!service) throw new Error(`--scale ${text}: there is no such service, only ${SERVICES.join(', ')}.`)
  if (!count || !Number.isInteger(instances) || instances < 1 || instances > INSTANCES_MAX) {
    throw new Error(`--scale ${text}: give a number from 1 to ${INSTANCES_MAX}, as in ${service}=3.`)
  }
  if (service === 'sandbox' && instances > 1) throw new Error(`--scale ${text}: there is one outside world.`)
  return [service, instances]
}
