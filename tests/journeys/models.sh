#!/usr/bin/env bash
# The main journey (add tasks, list them) through `tandem` and servers of models that others wrote:
# LiteLLM's proxy in front of a handler that streams tool calls, and aimock in its three protocols.
#
#     tests/journeys/models.sh [path of the tandem binary]
#
# Installs both into JOURNEY_CACHE, if they are not there yet. Without pip, node or a registry it is skipped
# with a message; with JOURNEY_REQUIRED=1 it fails.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
tandem="$(realpath "${1:-$here/../../target/debug/tandem}")"
cache="${JOURNEY_CACHE:-$here/../../target/journeys}"
mkdir -p "$cache"
cache="$(realpath "$cache")"
work="$(mktemp -d)"
pids=()

stop() {
  # Only what this script started.
  for pid in "${pids[@]:-}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap stop EXIT

skip() {
  echo "skipped: $1"
  [ "${JOURNEY_REQUIRED:-}" = 1 ] && exit 1
  exit 0
}

fail() {
  echo "FAILED: $1" >&2
  tail -n 20 "$work"/*.log >&2
  exit 1
}

# A free port; another process could take it before it is used, which shows as a failure to start.
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

wait_for() { # <port> <what>
  for _ in $(seq 600); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.2
  done
  fail "$2 does not listen"
}

litellm_version=1.106.2
aimock_version=1.43.0
command -v python3 >/dev/null && command -v npm >/dev/null || skip "python3 or npm is missing"
if ! [ -x "$cache/venv/bin/litellm" ]; then
  python3 -m venv "$cache/venv" || skip "no virtual environment"
  "$cache/venv/bin/pip" install -q "litellm[proxy]==$litellm_version" || skip "LiteLLM cannot be installed"
fi
if ! [ -d "$cache/node_modules/@copilotkit/aimock" ]; then
  npm install --silent --no-audit --no-fund --prefix "$cache" "@copilotkit/aimock@$aimock_version" \
    || skip "aimock cannot be installed"
fi

litellm_port="$(port)"
cp "$here/litellm.yaml" "$here/litellm_steps.py" "$work"
(cd "$work" && exec "$cache/venv/bin/litellm" --config litellm.yaml --host 127.0.0.1 --port "$litellm_port") \
  >"$work/litellm.log" 2>&1 &
pids+=($!)
aimock_port="$(port)"
(cd "$here" && exec node "$cache/node_modules/@copilotkit/aimock/dist/aimock-cli.js" \
  --config aimock.json --port "$aimock_port") >"$work/aimock.log" 2>&1 &
pids+=($!)
wait_for "$aimock_port" aimock
wait_for "$litellm_port" LiteLLM

journey() { # <name> <kind> <base URL> <model>
  local name="$1" chat task answer log
  log="$work/tandem-$name.log"
  chat="$(port)" task="$(port)"
  export TANDEM_CHAT__SERVER__LISTEN="127.0.0.1:$chat" TANDEM_TASK__SERVER__LISTEN="127.0.0.1:$task"
  export TANDEM_CHAT__MODELS__FALLBACK_ORDER='["test"]'
  export TANDEM_CHAT__MODELS__PROVIDERS__TEST__KIND="$2"
  export TANDEM_CHAT__MODELS__PROVIDERS__TEST__BASE_URL="$3"
  export TANDEM_CHAT__MODELS__PROVIDERS__TEST__MODEL="$4"
  export TANDEM_CHAT__MODELS__PROVIDERS__TEST__API_KEY=sk-journey
  "$tandem" --data-dir "$work/$name" >"$log" 2>&1 &
  local pid=$!
  pids+=("$pid")
  wait_for "$chat" tandem
  answer="$("$tandem" --data-dir "$work/$name" ask "add milk" 2>&1)" || fail "$name: $answer"
  grep -q "Added milk" <<<"$answer" || fail "$name: $answer"
  answer="$("$tandem" --data-dir "$work/$name" ask "list tasks" 2>&1)" || fail "$name: $answer"
  grep -q "There is milk" <<<"$answer" || fail "$name: $answer"
  kill "$pid"
  wait "$pid" || true
  echo "ok: $name ($2)"
}

journey litellm openai "http://127.0.0.1:$litellm_port/v1" steps
journey aimock-openai openai "http://127.0.0.1:$aimock_port/v1" gpt-5.6-luna
journey aimock-anthropic anthropic "http://127.0.0.1:$aimock_port" claude-sonnet-5-5
journey aimock-gemini gemini "http://127.0.0.1:$aimock_port" gemini-flash-latest
