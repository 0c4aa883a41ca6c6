import type { ConsumeMessage } from 'amqplib'

// https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/

export function publishAttributes(
  { exchange, routingKey }: { exchange: string; routingKey: string },
  bodyBytes: number,
) {
  return {
    'messaging.system': 'rabbitmq',
    'messaging.operation.name': 'publish',
    'messaging.operation.type': 'send',
    'messaging.destination.name': exchange === '' ? routingKey : `${exchange}:${routingKey}`,
    'messaging.rabbitmq.destination.routing_key': routingKey,
    'messaging.message.body.size': bodyBytes,
  }
}

export function processAttributes(
  queue: string,
  { properties, fields, content }: ConsumeMessage,
  batchSize = 1,
) {
  const correlationId: unknown = properties.correlationId
  return {
    'messaging.system': 'rabbitmq',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': `${fields.exchange}:${fields.routingKey}:${queue}`,
    'messaging.rabbitmq.destination.routing_key': fields.routingKey,
    'messaging.message.body.size': content.length,
    ...(typeof correlationId === 'string' ? { 'messaging.message.conversation_id': correlationId } : {}),
    ...(batchSize > 1 ? { 'messaging.batch.message_count': batchSize } : {}),
  }
}
