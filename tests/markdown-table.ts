/** Its columns as wide as they need to be, so that it can be read as it is. */
export function markdownTable(columns: readonly string[], body: readonly (readonly string[])[]): string {
  const rows = [columns, columns.map(() => '---'), ...body]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n')
}
