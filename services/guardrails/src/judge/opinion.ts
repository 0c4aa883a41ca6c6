/** What a judge can be asked about. */
export const JUDGED = ['injection', 'nsfw', 'scope'] as const
export type Judged = (typeof JUDGED)[number]
export type Opinion = Readonly<Record<Judged, boolean>>
