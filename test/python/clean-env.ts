import { join } from "node:path";

/** Environment without settings of Trackio and Hugging Face, and without their use of the network. */
export function cleanEnv(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(?:TRACKIO_|HF_|GRADIO_|VITEST)/.test(name) && !/^(?:https?|all)_proxy$/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    HF_HOME: join(home, "hf"),
    HF_HUB_OFFLINE: "1",
    HF_HUB_DISABLE_TELEMETRY: "1",
    NO_PROXY: "127.0.0.1,localhost",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUNBUFFERED: "1",
    TRACKIO_DIR: join(home, "client-data"),
  };
}
