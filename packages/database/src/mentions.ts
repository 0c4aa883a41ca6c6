type Marks = readonly string[]

/** Of the lists in a value only the members that have one of these marks in them, somewhere. */
export function onlyAbout<T>(marks: Marks, value: T): T
export function onlyAbout(marks: Marks, value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((it) => isAbout(marks, it)).map((it) => onlyAbout(marks, it))
  return mapped(value, (it) => onlyAbout(marks, it))
}

/** A value without what is marked in its lists, as little as can be. `undefined`: then nothing is left that says anything. */
export function withoutMentions(marks: Marks, value: unknown): unknown {
  const rest = cut(marks, value)
  return isAbout(marks, rest) || isHollow(rest) ? undefined : rest
}

function cut(marks: Marks, value: unknown): unknown {
  if (Array.isArray(value))
    return value.flatMap((it: unknown) => {
      if (!isAbout(marks, it)) return [it]
      const rest = withoutMentions(marks, it)
      return rest === undefined ? [] : [rest]
    })
  return mapped(value, (it) => cut(marks, it))
}

function isAbout(marks: Marks, value: unknown): boolean {
  const text = JSON.stringify(value) ?? ''
  return marks.some((mark) => text.includes(mark))
}

/** A frame of lists in which nothing is left. */
function isHollow(value: unknown): boolean {
  const lists = listsIn(value)
  return lists.length > 0 && lists.every((it) => it.length === 0)
}

function listsIn(value: unknown): unknown[][] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value).flatMap((it) => listsIn(it))
  return Array.isArray(value) ? [value, ...inside] : inside
}

function mapped(value: unknown, change: (it: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, change(it)]))
}
