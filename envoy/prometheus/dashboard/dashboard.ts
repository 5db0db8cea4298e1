/**
 * Grafana's form of the dashboard, by Grafana's own typed builders: their types are generated from the schemas that Grafana
 * itself reads dashboards with.
 */
/* eslint-disable @typescript-eslint/no-deprecated -- the newer form of dashboards (v2) needs Grafana 12, this one Grafana 9 */
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
} from "@grafana/grafana-foundation-sdk/common";
import * as common from "@grafana/grafana-foundation-sdk/common";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { chosen, ROWS, VARIABLE_NAMES, VARIABLES, type PanelQueries, type VariableName } from "./queries.ts";

/** A reference to what the variable `datasource` chooses. */
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** Grafana's grid: this many columns, and rows of so many pixels that eight are a panel. */
const COLUMNS = 24;
const PANEL_HEIGHT = 8;

/** The dashboard as Grafana imports it. */
export function dashboard(): Dashboard {
  const builder = new DashboardBuilder("Waypost")
    .uid("waypost")
    .description(
      "Requests through waypoints, as the filter l7-metrics counts them, and what authz and jwt-auth decided.",
    )
    .tags(["waypost", "istio", "envoy"])
    .timezone("browser")
    .time({ from: "now-1h", to: "now" })
    .refresh("30s")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
  for (const variable of VARIABLE_NAMES) builder.withVariable(choice(variable));
  let id = 0;
  for (const { title, panels } of ROWS) {
    builder.withRow(new RowBuilder(title).id((id += 1)));
    const width = Math.floor(COLUMNS / panels.length);
    for (const panel of panels) {
      builder.withPanel(
        timeSeries(panel)
          .id((id += 1))
          .span(width)
          .height(PANEL_HEIGHT),
      );
    }
  }
  return builder.build();
}

/**
 * A variable with the values that a label has among what the variables before it choose. All of them is `.*`, which also fits
 * series without the label.
 */
function choice(variable: VariableName): QueryVariableBuilder {
  const before = VARIABLE_NAMES.slice(0, VARIABLE_NAMES.indexOf(variable));
  const selector = before.length === 0 ? "" : `{${chosen(before)}}`;
  return new QueryVariableBuilder(variable)
    .label(`${variable.charAt(0).toUpperCase()}${variable.slice(1)}`)
    .datasource(DATASOURCE)
    .query(`label_values(waypost_requests_total${selector}, ${VARIABLES[variable]})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ text: "All", value: "$__all" });
}

function timeSeries({ title, description, unit, queries }: PanelQueries): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .min(0)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (unit === "percentunit") panel.max(1);
  for (const [index, { expression, legend }] of queries.entries()) {
    const refId = String.fromCharCode("A".charCodeAt(0) + index);
    panel.withTarget(
      new DataqueryBuilder().datasource(DATASOURCE).refId(refId).expr(expression).legendFormat(legend).range(),
    );
  }
  return panel;
}
