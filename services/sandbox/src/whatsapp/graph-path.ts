/** Any version of the Graph API. */
export const VERSION = '/:version(^v\\d+\\.\\d+$)'

export type WithId = { Params: { id: string } }
