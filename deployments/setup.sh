#!/bin/sh
# Tells the Prefect server at PREFECT_API_URL of gfn; a second call changes what has changed.
#
#     deployments/setup.sh process|docker-cpu|docker-gpu|kubernetes-cpu|kubernetes-gpu
#
# GFN_SOURCE and GFN_OUT are the archive's folders as workers see them, GFN_ZONE the time zone.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-process}
: "${GFN_SOURCE:?}" "${GFN_OUT:?}"
export GFN_ZONE="${GFN_ZONE:-UTC}" GFN_POOL="gfn-$kind"

# A server that was started a moment ago does not answer yet.
prefect server status --wait --timeout 120 >/dev/null || {
    echo "setup.sh: no Prefect server answers at ${PREFECT_API_URL:-PREFECT_API_URL, which is not set}" >&2
    exit 1
}
prefect work-pool create "$GFN_POOL" --type "${kind%-*}" --overwrite \
    --base-job-template "deployments/work-pools/$kind.json"
prefect gcl inspect gpu >/dev/null 2>&1 || prefect gcl create gpu --limit 1
prefect automation inspect gfn-zombies >/dev/null 2>&1 ||
    prefect automation create --from-file deployments/zombies.yaml
prefect --no-prompt deploy --all --prefect-file deployments/prefect.yaml
