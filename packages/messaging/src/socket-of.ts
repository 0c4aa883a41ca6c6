import { Duplex } from 'node:stream'
import type { ChannelModel } from 'amqplib'

/** The connection's socket: amqplib has it, but does not show it. */
export function socketOf({ connection }: ChannelModel): Duplex | undefined {
  return 'stream' in connection && connection.stream instanceof Duplex ? connection.stream : undefined
}
