// Loaded into every service of a system under faults (NODE_OPTIONS). Does nothing until SIGUSR2 comes: then it does
// what the file beside the others says that is named after the instance.
import { subscribe } from 'node:diagnostics_channel'
import dns from 'node:dns'
import { readFileSync } from 'node:fs'
import process from 'node:process'

/** @typedef {{do: 'block', ms: number} | {do: 'exhaust-memory'} | {do: 'set-clock', aheadMs: number} | {do: 'forget-hosts', hosts: string[]}} Sabotage */

const { FAULT_DIR, INSTANCE } = process.env
let aheadMs = 0
/** @type {string[]} */
let forgotten = []

process.on('SIGUSR2', () => {
  /** @type {Sabotage} */
  const sabotage = JSON.parse(readFileSync(`${FAULT_DIR}/${INSTANCE}.json`, 'utf8'))
  if (sabotage.do === 'block') block(sabotage.ms)
  if (sabotage.do === 'exhaust-memory') exhaustMemory()
  if (sabotage.do === 'set-clock') aheadMs = sabotage.aheadMs
  if (sabotage.do === 'forget-hosts') forgetHosts(sabotage.hosts)
})

/** @type {Map<import('node:net').Socket, string>} */
const hostOf = new Map()
subscribe('net.client.socket', (message) => {
  const { socket } = /** @type {{socket: import('node:net').Socket}} */ (message)
  socket.once('lookup', (_error, _address, _family, host) => hostOf.set(socket, host))
  socket.once('close', () => hostOf.delete(socket))
})

/** @param {string[]} hosts */
function forgetHosts(hosts) {
  forgotten = hosts
  for (const [socket, host] of hostOf) if (hosts.includes(host)) socket.destroy()
}

/** @param {number} ms */
function block(ms) {
  const until = performance.now() + ms
  while (performance.now() < until);
}

function exhaustMemory() {
  const kept = []
  for (;;) kept.push(new Array(100_000).fill(kept.length))
}

const RealDate = Date
globalThis.Date = class extends RealDate {
  /** @param {...any} parts */
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + aheadMs)
    else super(.../** @type {[any]} */ (parts))
  }
  static now() {
    return RealDate.now() + aheadMs
  }
}

const lookup = dns.lookup
// @ts-expect-error: all of its overloads end in a callback
dns.lookup = (host, ...rest) => {
  const callback = rest.at(-1)
  if (!forgotten.includes(host)) {
    // Names of ours are this machine.
    return lookup(String(host).endsWith('.fault.test') ? '127.0.0.1' : host, ...rest)
  }
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname: host,
  })
  process.nextTick(callback, error)
}
