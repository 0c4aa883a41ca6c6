import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv, styleText } from 'node:util'
import { CHECKOUT, LOCAL_DIR, onlyLauncher, runLauncher, STACK_FILE } from './launcher.ts'
import { isPortFree } from './servers/free-ports.ts'
import { startServers } from './servers/start-servers.ts'
import type { UnexpectedEnd } from './servers/supervise.ts'
import { type RealAccounts, realAccounts } from './stack/accounts.ts'
import { DRIVER_NAME, type Exchange, playConversation } from './stack/conversation.ts'
import { type Stack, type StackDescription, startStack } from './stack/start-stack.ts'
import { readStartOptions, START_HELP } from './start-options.ts'

await runLauncher(async (signal) => {
  const options = readStartOptions(process.argv.slice(2))
  if (!options) {
    console.log(START_HELP)
    return 0
  }
  const { upstreams, variables: accounts } = accountsOfCheckout()
  const isRealWhatsApp = upstreams.includes('whatsapp')
  if (isRealWhatsApp && options.isOnce) {
    throw new Error('--once plays a driver, whom nobody can play on the real WhatsApp of your .env.')
  }
  if (options.port !== undefined && !(await isPortFree(options.port))) {
    throw new Error(`Port ${options.port} is taken: give another one with --port, or leave it out.`)
  }
  using _only = onlyLauncher()
  const broken = Promise.withResolvers<UnexpectedEnd>()
  const running = { log: progress, onUnexpectedEnd: (end: UnexpectedEnd) => void goOnAfter(end), signal }

  const { isFresh, scale, port } = options
  await using servers = await startServers({ ...running, dir: join(LOCAL_DIR, 'servers'), isFresh })
  await using stack = await startStack({
    ...running,
    ...{ servers, dir: LOCAL_DIR, accounts, scale, port },
    faqDir: process.env.FAQ_DIR || undefined,
  })
  describeStack(stack)

  // What crashes is looked at by a person. What somebody kills, to see what happens, comes back.
  async function goOnAfter(end: UnexpectedEnd) {
    if (end.isCrash) return broken.resolve(end)
    progress(`${end.name} was ended from outside (${end.reason}): starting it again`)
    try {
      await end.restart()
      describeStack(stack)
    } catch {
      broken.resolve(end)
    }
  }

  if (options.withDemo && !isRealWhatsApp) {
    for await (const exchange of playConversation(stack.description.urls.sandbox, signal)) {
      printExchange(exchange)
      if (exchange.isExpected) continue
      if (options.isOnce)
        throw new Error(`That is not the answer. The logs are in ${join(LOCAL_DIR, 'logs')}.`)
      break
    }
  }
  if (options.isOnce) return 0
  signal.throwIfAborted()
  printAddresses(stack.description, upstreams)

  const end = await Promise.race([broken.promise, once(signal, 'abort')])
  if ('name' in end) {
    throw new Error(
      `${end.name} has ended (${end.reason}), so everything is stopped. Its last words:\n${end.logTail}`,
    )
  }
  console.log('\nStopping …')
  return 0
})

function describeStack({ description }: Stack) {
  writeFileSync(STACK_FILE, `${JSON.stringify(description, null, 2)}\n`, { mode: 0o600 })
}

function accountsOfCheckout(): RealAccounts {
  const file = join(CHECKOUT, '.env')
  return realAccounts(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {})
}

function progress(line: string) {
  console.log(styleText('dim', `  ${line}`))
}

function printExchange({ question, answers, tookMs, isExpected }: Exchange) {
  const took = `after ${(tookMs / 1_000).toFixed(2)} s`
  console.log(`\n${styleText('bold', DRIVER_NAME)}\n${indented(question)}`)
  console.log(
    `\n${styleText('bold', 'Waybill')} ${styleText('dim', answers.length > 0 ? took : `silent ${took}`)}`,
  )
  if (answers.length > 0) console.log(indented(answers.join('\n\n')))
  if (!isExpected) console.log(styleText('red', '\nThis is not what was expected.'))
}

function printAddresses(
  { urls, rabbitmqManagement, postgres }: StackDescription,
  real: RealAccounts['upstreams'],
) {
  const lines = [
    ['phone', urls.phone],
    ['webhook', urls.webhook],
    ['RabbitMQ', rabbitmqManagement],
    ['PostgreSQL', postgres],
    ['everything', STACK_FILE],
    ['logs', join(LOCAL_DIR, 'logs')],
  ]
  console.log(
    `\n${lines.map(([name = '', where = '']) => `${styleText('bold', name.padEnd(12))}${where}`).join('\n')}`,
  )
  if (real.length > 0) {
    console.log(`\nReal accounts, from .env: ${real.join(', ')}. The sandbox plays the others.`)
  }
  if (real.includes('whatsapp')) {
    console.log('Let WhatsApp reach the webhook, and bring your drivers: npm run drivers -- import FILE.json')
  }
  console.log('\nCtrl-C stops everything.')
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
