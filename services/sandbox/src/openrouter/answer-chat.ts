import { randomBytes } from 'node:crypto'
import { type ChatRequest, contentText, promptText } from './chat-request.ts'
import { judge, judgementWanted } from './judge/judge.ts'
import { costUsd, MODELS, type Model, reasoningTokens } from './model-prices.ts'
import { OpenRouterError } from './openrouter-error.ts'
import { type PromptCache, tokensIn } from './prompt-cache.ts'
import { translate, translationWanted } from './translate/translate.ts'
import { type ToolCall, type Understood, understand } from './understand/understand.ts'

const TALK = {
  en: "I can't do that. I can show your orders, the next stop or the details of an order, and confirm an order.",
  pt: 'Isso eu não consigo fazer. Posso mostrar seus pedidos, a próxima parada ou os detalhes de um pedido, e confirmar um pedido.',
  es: 'Eso no puedo hacerlo. Puedo mostrar tus pedidos, la próxima parada o los detalles de un pedido, y confirmar un pedido.',
} as const
const AFTER_TOOL = { en: 'Done.', pt: 'Pronto.', es: 'Listo.' } as const
const TOOL_CALL_OVERHEAD_TOKENS = 8

/** One answer of the stand-in for a model, in OpenRouter's shape, with what it would have cost. */
export function answerChat(request: ChatRequest, cache: PromptCache, nowMs: number) {
  const model = modelOf(request)
  const thought = think(request)
  const outputMax = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY
  const wanted = reasoningTokens(request.reasoning?.effort) + outputTokens(thought)
  const isCutOff = wanted > outputMax
  const prompt = promptText(request)
  const use = {
    promptTokens: tokensIn(prompt),
    cachedTokens: cache.use(routingKey(request, model), prompt),
    completionTokens: Math.min(wanted, outputMax),
  }
  const cost = costUsd(model, use)
  const id = `gen-${Math.floor(nowMs / 1_000)}-${randomBytes(10).toString('hex')}`
  return {
    use: { ...use, costUsd: cost },
    body: {
      id,
      object: 'chat.completion',
      created: Math.floor(nowMs / 1_000),
      model: model.id,
      provider: 'OpenAI',
      system_fingerprint: null,
      choices: [choice(isCutOff ? { calls: [], content: '' } : thought, isCutOff)],
      usage: {
        prompt_tokens: use.promptTokens,
        completion_tokens: use.completionTokens,
        total_tokens: use.promptTokens + use.completionTokens,
        cost,
        is_byok: false,
        prompt_tokens_details: { cached_tokens: use.cachedTokens, cache_write_tokens: 0, audio_tokens: 0 },
        cost_details: { upstream_inference_cost: null },
        completion_tokens_details: {
          reasoning_tokens: Math.min(reasoningTokens(request.reasoning?.effort), outputMax),
        },
      },
    },
  }
}

type Thought = { calls: ToolCall[]; content: string }

function think(request: ChatRequest): Thought {
  const { messages, tool_choice: choiceOfTool } = request
  const lastIndex = messages.findLastIndex(({ role }) => role === 'user' || role === 'tool')
  const last = messages[lastIndex]
  const earlier = messages.slice(0, Math.max(lastIndex, 0)).map(contentText)
  const tools = (request.tools ?? [])
    .map(({ function: it }) => ({
      name: it.name,
      description: it.description ?? '',
      parameters: it.parameters ?? {},
    }))
    .filter(({ name }) => typeof choiceOfTool !== 'object' || choiceOfTool.function.name === name)
  const offered = choiceOfTool === 'none' ? [] : tools
  const toJudge = last && judgementWanted(request, contentText(last))
  if (toJudge) return { calls: [], content: judge(toJudge) }
  const toTranslate = tools.length === 0 && last ? translationWanted(contentText(last)) : undefined
  if (toTranslate) return { calls: [], content: translate(toTranslate) }
  if (last?.role === 'tool') {
    const { language } = understand({ text: earlier.at(-1) ?? '', earlier, tools: [] })
    return { calls: [], content: AFTER_TOOL[language ?? 'en'] }
  }
  const understood = understand({ text: last ? spokenWords(contentText(last)) : '', earlier, tools: offered })
  return { calls: callsAllowed(understood, request), content: TALK[understood.language ?? 'en'] }
}

function callsAllowed(
  { calls }: Understood,
  { parallel_tool_calls: mayBeSeveral = true }: ChatRequest,
): ToolCall[] {
  return mayBeSeveral ? calls : calls.slice(0, 1)
}

/** A prompt may mark the driver's words as data with a tag: what is in the last one counts. */
function spokenWords(text: string): string {
  const tagged = [...text.matchAll(/<([a-z_]+)>([\s\S]*?)<\/\1>/g)].at(-1)
  return (tagged?.[2] ?? text).trim()
}

function choice({ calls, content }: Thought, isCutOff: boolean) {
  const toolCalls = calls.map(({ name, args }, index) => ({
    index,
    id: `call_${randomBytes(12).toString('hex')}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }))
  const finishReason = isCutOff ? 'length' : toolCalls.length > 0 ? 'tool_calls' : 'stop'
  return {
    index: 0,
    logprobs: null,
    finish_reason: finishReason,
    native_finish_reason: finishReason,
    message: {
      role: 'assistant',
      content: toolCalls.length > 0 ? null : content,
      refusal: null,
      ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
    },
  }
}

function outputTokens({ calls, content }: Thought): number {
  if (calls.length === 0) return tokensIn(content)
  return calls.reduce((sum, call) => sum + tokensIn(JSON.stringify(call)) + TOOL_CALL_OVERHEAD_TOKENS, 0)
}

function modelOf({ model, models = [] }: ChatRequest): Model {
  const asked = [model, ...models].filter((name) => name !== undefined)
  const found = MODELS.find(({ id }) => asked.includes(id))
  if (!found) throw new OpenRouterError(400, `${asked[0] ?? 'No model'} is not a valid model ID`)
  return found
}

/** Requests with the same key meet the same cache. Without a session id it is the conversation's beginning. */
function routingKey(request: ChatRequest, model: Model): string {
  const { session_id: sessionId, prompt_cache_key: cacheKey, provider, messages } = request
  if (provider?.order) return randomBytes(16).toString('hex') // an explicit order turns sticky routing off
  const opening = [
    messages.find(({ role }) => role === 'system'),
    messages.find(({ role }) => role === 'user'),
  ]
  return JSON.stringify([model.id, sessionId ?? cacheKey ?? opening])
}
