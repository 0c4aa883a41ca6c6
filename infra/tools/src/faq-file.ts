/** A question of drivers with its answer, which they read word for word. */
export type FaqEntry = { title: string; phrases: string[]; answer: string }

// With its title and a button it has to fit into one message with buttons.
const ANSWER_LENGTH_MAX = 900
const TITLE_LENGTH_MAX = 100

/**
 * Reads a FAQ in Markdown: a heading of the second level is a question, the list right below it other ways to ask,
 * the rest the answer. What stands before the first heading is for the people who write it. Throws with every mistake.
 */
export function readFaq(markdown: string, name: string): FaqEntry[] {
  const problems: string[] = []
  const entries = markdown
    .replaceAll('\r\n', '\n')
    .split(/^## +/m)
    .slice(1)
    .map((section) => readSection(section))
  for (const { title, answer } of entries) {
    if (title === '') problems.push('a heading is empty')
    if (title.length > TITLE_LENGTH_MAX)
      problems.push(`"${title}" has more than ${TITLE_LENGTH_MAX} characters`)
    if (answer === '') problems.push(`"${title}" has no answer`)
    if (answer.length > ANSWER_LENGTH_MAX)
      problems.push(`the answer to "${title}" has more than ${ANSWER_LENGTH_MAX} characters`)
    if (entries.filter((other) => other.title === title).length > 1)
      problems.push(`"${title}" is there twice`)
  }
  if (entries.length === 0)
    problems.push('there is no question in it: a question is a line that starts with ##')
  if (problems.length > 0) throw new Error([...new Set(problems)].map((it) => `${name}: ${it}`).join('\n'))
  return entries
}

function readSection(section: string): FaqEntry {
  const [heading = '', ...rest] = section.split('\n')
  const lines = rest.join('\n').trim().split('\n')
  const end = lines.findIndex((line) => !/^[-*] +/.test(line))
  const count = end < 0 ? lines.length : end
  return {
    title: heading.trim(),
    phrases: lines.slice(0, count).map((line) => line.replace(/^[-*] +/, '').trim()),
    answer: toWhatsApp(lines.slice(count).join('\n').trim()),
  }
}

function toWhatsApp(markdown: string): string {
  return markdown
    .replaceAll(/\*\*(.+?)\*\*/g, '*$1*')
    .replaceAll(/\[([^[\]]+)\]\(([^()]+)\)/g, '$1 ($2)')
    .replaceAll(/([^\n])\n(?![\n•\-*\d])/g, '$1 ')
    .replaceAll(/^[-*] +/gm, '• ')
}
