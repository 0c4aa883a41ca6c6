import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import type { Board, Panel } from './board.ts'
import type { Alert } from './read-alerts.ts'

const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` }
const HEIGHT = { now: 5, lines: 8, stacked: 8, bars: 8 } as const
// Grafana colours from a value on, alerts fire above it.
const ABOVE_ZERO = 0.001
const COLOURS = { warning: 'yellow', critical: 'red', none: 'orange' } as const

/** What Grafana reads. `alerts`: by name, as they stand in the rules. */
export function buildDashboard(board: Board, alerts: ReadonlyMap<string, Alert>): Dashboard {
  const dashboard = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags(['waybill'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${board.looksBack}`, to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      new TextBoxVariableBuilder('runbooks').label('Runbooks are at').defaultValue('/public/runbooks'),
    )
    .link(
      new DashboardLinkBuilder('Waybill')
        .type(DashboardLinkType.Dashboards)
        .tags(['waybill'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
  let id = 0
  for (const { title, panels } of board.rows) {
    id += 1
    dashboard.withRow(new RowBuilder(title).id(id))
    for (const panel of panels) {
      id += 1
      dashboard.withPanel(panelOf(panel, alerts).id(id))
    }
  }
  return dashboard.build()
}

function panelOf(panel: Panel, alerts: ReadonlyMap<string, Alert>) {
  const watching = Object.keys(panel.alerts ?? {}).map((name) => alertNamed(name, alerts))
  const builder = panel.shows === 'now' ? statOf() : timeseriesOf(panel)
  builder
    .title(panel.title)
    .description(describe(panel, watching))
    .unit(panel.unit)
    .datasource(DATASOURCE)
    .span(panel.width)
    .height(HEIGHT[panel.shows])
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(thresholdsOf(panel, alerts)),
    )
    .links(
      [...new Set(watching.map(({ runbook }) => runbook))].map((page) =>
        new DashboardLinkBuilder(`Runbook: ${page}`)
          .type(DashboardLinkType.Link)
          .url(`\${runbooks}/${page}`)
          .targetBlank(true),
      ),
    )
  for (const [index, [legend, query]] of Object.entries(panel.queries).entries()) {
    const target = new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + index))
      .expr(query)
      .legendFormat(legend)
    builder.withTarget(panel.shows === 'now' ? target.instant() : target.range())
  }
  return builder
}

function describe({ says, emptyUnless }: Panel, watching: readonly Alert[]): string {
  const alerts = watching.map(({ name, severity }) => `${name} (${severity})`).join(', ')
  return [
    says,
    ...(alerts === '' ? [] : [`Alerts: ${alerts}.`]),
    ...(emptyUnless === undefined ? [] : [`Empty unless ${emptyUnless}.`]),
  ].join('\n\n')
}

function statOf() {
  return new StatBuilder()
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Background)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
}

function timeseriesOf({ shows, alerts }: Panel) {
  const builder = new TimeseriesBuilder()
    .min(0)
    .fillOpacity(shows === 'lines' ? 0 : 40)
    .drawStyle(shows === 'bars' ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .stacking(new StackingConfigBuilder().mode(shows === 'lines' ? StackingMode.None : StackingMode.Normal))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
  if (alerts) {
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
  }
  return builder
}

/** Green up to the first bad number, or from the last one on where less is bad. */
function thresholdsOf(
  { alerts: watched = {}, badFrom, isBadBelow }: Panel,
  alerts: ReadonlyMap<string, Alert>,
) {
  const bad = [
    ...Object.entries(watched).map(([name, value]) => ({
      value: value === 0 ? ABOVE_ZERO : value,
      color: COLOURS[alertNamed(name, alerts).severity],
    })),
    ...(badFrom === undefined ? [] : [{ value: badFrom, color: COLOURS.none }]),
  ].toSorted((a, b) => a.value - b.value)
  const [first = { color: 'green' }] = bad
  const steps: Threshold[] = isBadBelow
    ? [{ value: null, color: first.color }, ...bad.map(({ value }) => ({ value, color: 'green' }))]
    : [{ value: null, color: 'green' }, ...bad]
  return steps
}

function alertNamed(name: string, alerts: ReadonlyMap<string, Alert>): Alert {
  const alert = alerts.get(name)
  if (!alert) throw new Error(`there is no alert ${name}`)
  return alert
}
