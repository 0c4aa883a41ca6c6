import { textMessage } from '@waybill/whatsapp'
import { z } from 'zod'
import { isOtherLanguage, OTHER_LANGUAGES } from '../languages/other-languages.ts'
import { withButtons } from '../replies/buttons.ts'
import { LANGUAGE_NAMES, REPLIES } from '../replies/replies.ts'
import { languageSchema } from '../session/session.ts'
import { defineTool, toolArgs } from './tool.ts'

const CODES = [...languageSchema.options, ...Object.keys(OTHER_LANGUAGES)]

export const setLanguage = defineTool({
  name: 'set_language',
  description:
    'Changes the language in which the assistant writes. Use it when the driver asks for a language, or to change the language.',
  args: toolArgs({
    to: z
      .enum(CODES)
      .optional()
      .describe('The language that is wanted, as its code. Leave out when it is not said.'),
  }),
  permission: undefined,
  tier: 'reversible',
  async run({ say, today, session }, { to }) {
    const { pendingQuestion } = session
    const known = languageSchema.safeParse(to).data
    if (known) {
      return {
        replies: [textMessage(REPLIES[known].languages.set)],
        summary: `writes ${known} from now on`,
        remember: { language: known, otherLanguage: null, isLanguageChosen: true, pendingQuestion },
      }
    }
    if (to !== undefined && isOtherLanguage(to)) {
      const text = REPLIES.en.languages.setOther({ language: OTHER_LANGUAGES[to].own })
      return {
        replies: [textMessage(text)],
        summary: `writes ${to} from now on`,
        remember: { language: 'en', otherLanguage: to, isLanguageChosen: true, pendingQuestion },
      }
    }
    const buttons = languageSchema.options.map(
      (code) => ({ action: 'language', target: code, title: LANGUAGE_NAMES[code] }) as const,
    )
    return {
      replies: [withButtons(say.languages.which, today, buttons)],
      summary: 'asked which language',
      remember: { pendingQuestion },
    }
  },
})
