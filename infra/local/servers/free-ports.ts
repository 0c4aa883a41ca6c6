import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports of the loopback interface that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const held = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(held.map((it) => once(it, 'listening')))
  const ports = held.map((it) => {
    const address = it.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  })
  await Promise.all(held.map((it) => once(it.close(), 'close')))
  return ports
}

export async function isPortFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return false
  }
  await once(probe.close(), 'close')
  return true
}
