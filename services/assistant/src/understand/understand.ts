import type { Driver, ModelCall } from '@waybill/database'
import type { Language, Session } from '../session/session.ts'
import type { AskModel } from './ask-model.ts'
import type { ClassifyByRules } from './classify-by-rules.ts'
import { type Intent, takeFastPath } from './fast-path.ts'
import { normalize } from './normalize.ts'
import { guessLanguage } from './phrases.ts'
import type { DriverInput } from './read-message.ts'

export type Path = 'fast' | 'model' | 'rules' | 'none'
export type Understanding = {
  path: Path
  intents: Intent[]
  /** Why there is no intent. */
  isModelUnreachable: boolean
  /** The language of the words, where it could be told. */
  language: Language | undefined
  modelCall?: ModelCall
}
export type Situation = {
  conversationId: string
  wamid: string
  session: Session
  language: Language
  now: number
  today: string
  sentAt: number
  driver: Pick<Driver, 'id' | 'timeZone' | 'language'>
}
export type Understand = (
  input: DriverInput,
  situation: Situation,
  signal: AbortSignal,
) => Promise<Understanding>

type Deps = {
  ask: AskModel
  classifyByRules: ClassifyByRules
  onAsked: (call: ModelCall) => void
}

/** What a message asks for: from the message alone where it is clear, else from the model, else by rules. */
export function createUnderstanding({ ask, classifyByRules, onAsked }: Deps): Understand {
  return async (input, situation, signal) => {
    const intent = takeFastPath(input, situation)
    if (intent)
      return { path: 'fast', intents: [intent], isModelUnreachable: false, language: guessOf(input) }
    if (input.kind !== 'words')
      return { path: 'none', intents: [], isModelUnreachable: false, language: undefined }

    const { reading, call } = await ask({ ...situation, words: input.text }, signal)
    onAsked(call)
    if (reading.kind === 'calls') {
      const intents = reading.calls.map(({ name, args }): Intent => ({ do: 'tool', name, args }))
      return {
        path: 'model',
        intents,
        isModelUnreachable: false,
        language: reading.language,
        modelCall: call,
      }
    }
    const none = { isModelUnreachable: false, language: guessOf(input), modelCall: call }
    if (reading.kind === 'none') return { ...none, path: 'model', intents: [] }
    const byRule = classifyByRules(input.text, situation.session.pendingQuestion)
    return {
      ...none,
      path: 'rules',
      intents: byRule ? [byRule] : [],
      isModelUnreachable: reading.kind === 'unavailable',
    }
  }
}

function guessOf(input: DriverInput): Language | undefined {
  return input.kind === 'words' ? guessLanguage(normalize(input.text)) : undefined
}
