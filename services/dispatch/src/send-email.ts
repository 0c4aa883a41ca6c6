import type { PendingNotice } from '@waybill/database'
import { createBreaker } from '@waybill/resilience'
import { createTransport } from 'nodemailer'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Channel } from './channel.ts'
import type { EmailConfig } from './config.ts'

type Deps = EmailConfig & { timeoutMs: number; registry: Registry; log: Logger }

/** One mail per notice. A mail that arrives twice has the same Message-ID twice. */
export function sendEmail({ smtpUrl, from, to, timeoutMs, registry, log }: Deps): Channel & Disposable {
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs }
  const transport = createTransport({ url: smtpUrl, ...timeouts })
  const breaker = createBreaker(
    { name: 'dispatch-email', registry, log, timeoutMs: timeoutMs * 2 },
    async (signal, notice: PendingNotice) => {
      await transport.sendMail({ from, to, ...mailOf(notice), signal })
    },
  )
  return {
    name: 'email',
    tell: (notice) => breaker.call(notice),
    [Symbol.dispose]() {
      breaker[Symbol.dispose]()
      transport.close()
    },
  }
}

/** Plain text only: what drivers write is never taken for markup. */
export function mailOf({ id, kind, priority, driverId, driverName, text, reason }: PendingNotice) {
  const who = driverName === null ? (driverId ?? 'unknown') : `${driverName} (${driverId})`
  return {
    messageId: `<${id}@waybill>`,
    subject: `[${priority}] ${oneLine(driverName ?? driverId ?? 'Waybill')}: ${kind.replaceAll('-', ' ')}`,
    text: [`Driver: ${who}`, text, reason === null ? '' : `In the driver's words: ${reason}`]
      .filter((line) => line !== '')
      .join('\n\n'),
    ...(priority === 'high' || priority === 'urgent' ? { priority: 'high' as const } : {}),
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
