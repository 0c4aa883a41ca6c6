import { env } from 'node:process'

/** A policy on every queue of the vhost, until it is disposed. */
export async function limitQueue(
  vhost: string,
  { messagesMax }: { messagesMax: number },
): Promise<AsyncDisposable> {
  const { origin, username, password } = new URL(env.TEST_RABBITMQ_MANAGEMENT_URL ?? '')
  const url = `${origin}/api/policies/${vhost}/limit`
  const headers = {
    authorization: `Basic ${btoa(`${username}:${password}`)}`,
    'content-type': 'application/json',
  }
  const policy = { pattern: '.*', definition: { 'max-length': messagesMax }, 'apply-to': 'queues' }
  const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(policy) })
  if (!answer.ok) throw new Error(`RabbitMQ answered ${answer.status}`)
  return {
    async [Symbol.asyncDispose]() {
      await fetch(url, { method: 'DELETE', headers })
    },
  }
}
