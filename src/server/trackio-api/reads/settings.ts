/** What a Trackio page asks for first. */

import type { Json } from "../../../protocol/json.ts";

/** Stands for the media folder in every answer: where it really lies is nobody's business. */
export const MEDIA_DIR = "/media";

const COLORS = [
  "#A8769B",
  "#E89957",
  "#3B82F6",
  "#10B981",
  "#EF4444",
  "#8B5CF6",
  "#14B8A6",
  "#F59E0B",
  "#EC4899",
  "#06B6D4",
];
const TABLE_TRUNCATE_LENGTH = 250;

export function getSettings(env: NodeJS.ProcessEnv = process.env): Json {
  const truncate = Number.parseInt(env.TRACKIO_TABLE_TRUNCATE_LENGTH ?? "", 10);
  const colors = listOf(env.TRACKIO_COLOR_PALETTE);
  return {
    logo_urls: {
      light: env.TRACKIO_LOGO_LIGHT_URL ?? "/favicon.svg",
      dark: env.TRACKIO_LOGO_DARK_URL ?? "/favicon.svg",
    },
    color_palette: colors.length > 0 ? colors : COLORS,
    plot_order: listOf(env.TRACKIO_PLOT_ORDER),
    table_truncate_length: Number.isNaN(truncate) ? TABLE_TRUNCATE_LENGTH : truncate,
    media_dir: MEDIA_DIR,
    space_id: env.SPACE_ID ?? null,
  };
}

function listOf(text = ""): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
