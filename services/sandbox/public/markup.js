// WhatsApp's own markup as DOM nodes. Nothing that came in a message is ever parsed as HTML.
const MARKS = [
  { pattern: /```([\s\S]+?)```/, element: 'code' },
  { pattern: /`([^`\n]+)`/, element: 'code' },
  { pattern: /(?<![\p{L}\p{N}*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\p{L}\p{N}*])/u, element: 'strong' },
  { pattern: /(?<![\p{L}\p{N}_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\p{L}\p{N}_])/u, element: 'em' },
  { pattern: /(?<![\p{L}\p{N}~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\p{L}\p{N}~])/u, element: 's' },
  { pattern: /(https:\/\/[^\s<>"]+[^\s<>".,;:!?)])/, element: 'a' },
]

export function markup(text) {
  const fragment = document.createDocumentFragment()
  let rest = text
  while (rest !== '') {
    const found = firstMark(rest)
    if (!found) break
    const { match, element } = found
    fragment.append(rest.slice(0, match.index), markedNode(element, match[1]))
    rest = rest.slice(match.index + match[0].length)
  }
  fragment.append(rest)
  return fragment
}

function firstMark(text) {
  return MARKS.map(({ pattern, element }) => ({ match: pattern.exec(text), element }))
    .filter(({ match }) => match)
    .sort((a, b) => a.match.index - b.match.index)[0]
}

function markedNode(element, inner) {
  const node = document.createElement(element)
  if (element === 'a') {
    node.href = inner
    node.rel = 'noreferrer'
    node.target = '_blank'
  }
  node.append(element === 'code' || element === 'a' ? inner : markup(inner))
  return node
}
