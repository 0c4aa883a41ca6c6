import type { Board } from '../board.ts'
import { orZero, rate, share, total } from '../promql.ts'

const COST = 'sum(rate(waybill_model_cost_usd_total[1h]))'
const TURNS = 'sum(rate(waybill_turns_total{outcome="committed"}[1h]))'

export const cost: Board = {
  uid: 'waybill-cost',
  title: 'Waybill / Cost',
  description: 'What the model costs, what it is asked, and what spares it. OpenRouter says the prices.',
  looksBack: '24h',
  rows: [
    {
      title: 'Dollars',
      panels: [
        {
          title: 'Per hour',
          says: 'By the last hour. It doubled while messages did not: a prompt has changed, or its cache is cold.',
          ...{ unit: 'currencyUSD', shows: 'now', width: 6 },
          queries: { 'per hour': `${COST} * 3600` },
        },
        {
          title: 'Per day',
          says: 'Of the last 24 hours.',
          ...{ unit: 'currencyUSD', shows: 'now', width: 6 },
          queries: { 'per day': 'sum(increase(waybill_model_cost_usd_total[24h]))' },
        },
        {
          title: 'Per thousand turns',
          says: 'By the last hour, turns without a model included: what one driver more costs.',
          ...{ unit: 'currencyUSD', shows: 'now', width: 6 },
          queries: { 'per thousand turns': `1000 * ${share(COST, TURNS)}` },
        },
        {
          title: 'Turns without a model',
          says: 'Fast path, shared understanding or rules. Half of them, as a rule: less means dearer and slower.',
          ...{ unit: 'percentunit', shows: 'now', width: 6, badFrom: 0.5, isBadBelow: true },
          queries: {
            'without a model': `1 - (sum(rate(waybill_turns_total{outcome="committed", path="model"}[1h])) or vector(0)) / ${TURNS}`,
          },
        },
        {
          title: 'Dollars an hour',
          says: 'Over time. Compare with what is asked of the model below.',
          ...{ unit: 'currencyUSD', shows: 'lines', width: 12 },
          queries: { 'per hour': `${rate('waybill_model_cost_usd_total')} * 3600` },
        },
        {
          title: 'Turns by path',
          says: 'The costliest way in which one of a turn’s messages was understood.',
          ...{ unit: 'reqps', shows: 'stacked', width: 12 },
          queries: { '{{path}}': rate('waybill_turns_total{outcome="committed"}', ['path']) },
        },
      ],
    },
    {
      title: 'The model',
      panels: [
        {
          title: 'Calls',
          says: 'By what came of them. More than one for each turn of the model: answers are not taken at once.',
          ...{ unit: 'reqps', shows: 'stacked', width: 8 },
          queries: { '{{outcome}}': rate('waybill_model_calls_total', ['outcome']) },
          alerts: { ModelNeedsPerson: 0 },
        },
        {
          title: 'Tokens a second',
          says: 'cached is part of prompt, at a fraction of its price.',
          ...{ unit: 'short', shows: 'lines', width: 8 },
          queries: { '{{kind}}': rate('waybill_model_tokens_total', ['kind']) },
        },
        {
          title: 'Prompt tokens per call',
          says: 'It grows with the system prompt, the tools and the conversation: somebody has changed one.',
          ...{ unit: 'short', shows: 'lines', width: 8 },
          queries: {
            'per call': share(
              rate('waybill_model_tokens_total{kind="prompt"}'),
              rate('waybill_model_calls_total'),
            ),
          },
        },
      ],
    },
    {
      title: 'What spares it',
      panels: [
        {
          title: 'Prompt from the provider’s cache',
          says: 'Below 70 %: the prefix changes from call to call, or calls go to different providers.',
          ...{ unit: 'percentunit', shows: 'lines', width: 8, isBadBelow: true },
          queries: {
            cached: share(
              'sum(rate(waybill_model_tokens_total{kind="cached"}[30m]))',
              'sum(rate(waybill_model_tokens_total{kind="prompt"}[30m]))',
            ),
          },
          alerts: { PromptCacheCold: 0.7 },
        },
        {
          title: 'Understood from others’ words',
          says: 'hit: known in Redis. not-shared: words that mean something else from each driver.',
          ...{ unit: 'reqps', shows: 'stacked', width: 8 },
          queries: { '{{outcome}}': rate('waybill_understanding_cache_total', ['outcome']) },
        },
        {
          title: 'Sessions',
          says: 'redis and carried are free; from postgres costs a round trip. Many of them: Redis forgets.',
          ...{ unit: 'reqps', shows: 'stacked', width: 8 },
          queries: { '{{source}}': rate('waybill_sessions_total', ['source']) },
          alerts: { SessionsFromPostgres: 0.3 },
        },
        {
          title: 'Translations',
          says: 'cached cost nothing.',
          ...{ unit: 'short', shows: 'now', width: 12 },
          queries: { '{{outcome}}': total('waybill_translations_total', ['outcome']) },
        },
        {
          title: 'Tool calls cut',
          says: 'The model wanted to do more than a turn may. Now and then is fine; often, somebody is at play.',
          ...{ unit: 'short', shows: 'now', width: 12 },
          queries: { cut: orZero(total('waybill_tool_calls_cut_total')) },
        },
      ],
    },
  ],
}
