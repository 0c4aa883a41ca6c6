import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { applyFaults } from '../faults/apply-faults.ts'
import type { World } from '../world.ts'
import { answerChat } from './answer-chat.ts'
import { chatRequestSchema } from './chat-request.ts'
import { MODELS } from './model-prices.ts'
import { OpenRouterError, openRouterErrorBody } from './openrouter-error.ts'

const AUDIO_BYTES_MAX = 25 * 1024 * 1024
const BYTES_PER_SECOND_OF_SPEECH = 2_000
const TRANSCRIPTION_USD_PER_SECOND = 0.0001

const OPERATIONS: Record<string, string> = {
  '/chat/completions': 'chat.completions',
  '/audio/transcriptions': 'audio.transcriptions',
  '/models': 'models',
  '/key': 'key',
}

const transcriptionSchema = z.looseObject({
  model: z.string().min(1),
  input_audio: z.looseObject({ data: z.base64(), format: z.string() }),
  language: z.string().optional(),
})

/** OpenRouter: https://openrouter.ai/docs/api/reference/overview */
export async function openrouterRoutes(app: FastifyInstance, world: World): Promise<void> {
  applyFaults(app, {
    upstream: 'openrouter',
    faults: world.faults,
    stats: world.stats,
    operationOf: ({ routeOptions }) =>
      OPERATIONS[routeOptions.url?.replace(app.prefix, '') ?? ''] ?? 'unknown',
    errorBody: openRouterErrorBody,
  })
  app.addHook('preHandler', async ({ headers }) => {
    if (headers.authorization === undefined) throw new OpenRouterError(401, 'No auth credentials found')
    if (headers.authorization !== `Bearer ${world.options.openrouterApiKey}`) {
      throw new OpenRouterError(401, 'User not found.')
    }
  })
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const status = error instanceof OpenRouterError ? error.status : (error.statusCode ?? 500)
    if (status >= 500) request.log.error({ err: error }, 'the sandbox failed')
    return reply.code(status).send(openRouterErrorBody({ status, message: error.message }))
  })

  app.post('/chat/completions', async ({ body }) => {
    const request = parse(chatRequestSchema, body)
    if (request.stream) throw new OpenRouterError(400, 'This stand-in does not stream: leave stream out.')
    const answer = answerChat(request, world.promptCache, world.now())
    world.stats.countModelUse(answer.use)
    return answer.body
  })

  app.post('/audio/transcriptions', { bodyLimit: AUDIO_BYTES_MAX * 1.4 }, async ({ body }) => {
    const { input_audio: audio } = parse(transcriptionSchema, body)
    const bytes = Buffer.from(audio.data, 'base64')
    const seconds = Math.max(1, Math.round(bytes.byteLength / BYTES_PER_SECOND_OF_SPEECH))
    return {
      text: world.whatsapp.media.transcriptOf(bytes) ?? '',
      usage: { seconds, cost: seconds * TRANSCRIPTION_USD_PER_SECOND },
    }
  })

  app.get('/models', async () => ({
    data: MODELS.map(({ id, promptUsd, completionUsd, cacheReadUsd, contextTokens }) => ({
      id,
      name: id,
      context_length: contextTokens,
      pricing: {
        prompt: perToken(promptUsd),
        completion: perToken(completionUsd),
        input_cache_read: perToken(cacheReadUsd),
      },
      supported_parameters: ['max_tokens', 'reasoning', 'response_format', 'seed', 'tool_choice', 'tools'],
    })),
  }))
  app.get('/key', async () => ({
    data: {
      label: 'sandbox',
      usage: world.stats.read().openrouter.costUsd,
      limit: null,
      limit_remaining: null,
      is_free_tier: false,
    },
  }))
}

function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw new OpenRouterError(400, z.prettifyError(parsed.error))
  return parsed.data
}

function perToken(usdPerMillion: number): string {
  return (usdPerMillion / 1_000_000).toFixed(9)
}
