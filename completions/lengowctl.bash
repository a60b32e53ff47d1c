# Completion of lengowctl for bash. Made from the commands; a change here is lost.
# lengowctl completion says how to install it.

_lengowctl_at() {  # the command at a path: its commands, its switches, its options that take a value, its arguments
    commands="" switches="" valued="" arguments="" kind="" asks=""
    case "$1" in
        "") commands="sync list show due export status statuses marketplaces accept refuse ship cancel refund stop apply freeze unfreeze actions demo init completion db config sandbox" switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "sync") switches="--full --verify --watch --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--since --until --marketplace -m --interval --lock-timeout --profile --config" ;;
        "list") switches="--overdue --imported --not-imported --watch --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--status -s --line-status --marketplace -m --country --currency --since --until --updated-since --due-within --min-total --max-total --sku --search --type --action-state --carrier --view --format -o --columns --sort --limit -n --interval --profile --config" ;;
        "show") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" asks="order:show" ;;
        "due") switches="--overdue --imported --not-imported --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--status -s --line-status --marketplace -m --country --currency --since --until --updated-since --due-within --min-total --max-total --sku --search --type --action-state --carrier --view --format -o --columns --sort --limit -n --profile --config" ;;
        "export") switches="--overdue --imported --not-imported --mask --manifest --force --bom --decimal-comma --no-guard --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--status -s --line-status --marketplace -m --country --currency --since --until --updated-since --due-within --min-total --max-total --sku --search --type --action-state --carrier --view --format -o --columns --sort --limit -n --to --rows --since-last --profile --config" ;;
        "status") switches="--check --online --watch --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--stale --dead --format -o --interval --profile --config" ;;
        "statuses") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" ;;
        "marketplaces") commands="list show" switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "marketplaces list") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" ;;
        "marketplaces show") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" asks="described" ;;
        "accept") switches="--overdue --imported --not-imported --dry-run --yes -y --again --wait --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--from --from-country --line --arg --status -s --line-status --marketplace -m --country --currency --since --until --updated-since --due-within --min-total --max-total --sku --search --type --action-state --view --sort --limit -n --plan --max-orders --hold --note --wait-timeout --report --format -o --profile --config" asks="order:accept" ;;
        "refuse") switches="--overdue --imported --not-imported --dry-run --yes -y --again --wait --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--from --reason --comment --line --arg --status -s --line-status --marketplace -m --country --currency --since --until --updated-since --due-within --min-total --max-total --sku --search --type --action-state --view --sort --limit -n --plan --max-orders --hold --note --wait-timeout --report --format -o --profile --config" asks="order:refuse" ;;
        "ship") switches="--force-tracking --overdue --imported --not-imported --dry-run --yes -y --again --wait --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--from --carrier --carrier-name --tracking-number --tracking-url --shipping-method --shipping-date --return-tracking-number --return-carrier --line --arg --status -s --line-status --marketplace -m --country --currency --since --until --updated-since --due-within --min-total --max-total --sku --search --type --action-state --view --sort --limit -n --plan --max-orders --hold --note --wait-timeout --report --format -o --profile --config" asks="order:ship" ;;
        "cancel") switches="--overdue --imported --not-imported --dry-run --yes -y --again --wait --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--from --reason --comment --line --arg --status -s --line-status --marketplace -m --country --currency --since --until --updated-since --due-within --min-total --max-total --sku --search --type --action-state --view --sort --limit -n --plan --max-orders --hold --note --wait-timeout --report --format -o --profile --config" asks="order:cancel" ;;
        "refund") switches="--overdue --imported --not-imported --dry-run --yes -y --again --wait --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--from --reason --amount --shipping-amount --comment --line --arg --status -s --line-status --marketplace -m --country --currency --since --until --updated-since --due-within --min-total --max-total --sku --search --type --action-state --view --sort --limit -n --plan --max-orders --hold --note --wait-timeout --report --format -o --profile --config" asks="order:refund" ;;
        "stop") switches="--dry-run --yes -y --again --wait --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--reason --shipping-amount --comment --arg --plan --max-orders --hold --note --wait-timeout --report --format -o --profile --config" asks="order:stop" ;;
        "apply") switches="--dry-run --yes -y --wait --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--max-orders --hold --note --wait-timeout --report --format -o --profile --config" kind="file" ;;
        "freeze") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--note --profile --config" ;;
        "unfreeze") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--note --profile --config" ;;
        "actions") commands="list show wait settle retry withdraw verify" switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "actions list") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --state --action --marketplace -m --since --limit -n --profile --config" asks="action:list" ;;
        "actions show") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" asks="action:show" ;;
        "actions wait") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --wait-timeout --profile --config" asks="action:wait" ;;
        "actions settle") switches="--no-wait --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" asks="action:settle" ;;
        "actions retry") switches="--force-tracking --dry-run --yes -y --again --wait --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--carrier --carrier-name --tracking-number --tracking-url --shipping-method --shipping-date --return-tracking-number --return-carrier --reason --amount --shipping-amount --comment --from-country --line --arg --plan --max-orders --hold --note --wait-timeout --report --format -o --profile --config" asks="action:retry" ;;
        "actions withdraw") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" asks="action:withdraw" ;;
        "actions verify") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" ;;
        "demo") switches="--fast --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "init") switches="--replace --keyring --sync --no-sync --quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--base-url --retention --first-sync --from-country --profile --config" ;;
        "completion") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" arguments="bash zsh fish powershell" ;;
        "db") commands="path info backup check purge query" switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "db path") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "db info") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" ;;
        "db backup") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" kind="folder" ;;
        "db check") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "db purge") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--older-than --profile --config" ;;
        "db query") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --limit -n --profile --config" ;;
        "config") commands="path show check" switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "config path") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "config show") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" ;;
        "config check") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" ;;
        "sandbox") commands="start info reset tick log" switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "sandbox start") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--port --port-file --orders --seed --fault --profile --config" ;;
        "sandbox info") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --profile --config" ;;
        "sandbox reset") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --orders --seed --epoch --profile --config" ;;
        "sandbox tick") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--profile --config" ;;
        "sandbox log") switches="--quiet -q --verbose -v --no-input --no-color --version --help -h" valued="--format -o --limit -n --profile --config" ;;
    esac
}

_lengowctl_value() {  # what may stand after an option of the command at a path
    kind="" asks="" choices=""
    case "$1 $2" in
        *" --profile") asks="profile" ;;
        *" --config"|*" --to"|*" --from"|*" --plan"|*" --report"|*" --port-file") kind="file" ;;
        "sync --marketplace"|"sync -m") kind="list" asks="described" ;;
        *" --status"|*" -s") kind="list" asks="status" choices="new waiting_acceptance accepted waiting_shipment shipped closed refused canceled refunding refunded partial_refunded to_refund pickup_to_prepare to_pickup pickup_completed pickup_canceled" ;;
        *" --line-status") kind="list" choices="new waiting_acceptance accepted waiting_shipment shipped closed refused canceled refunding refunded partial_refunded to_refund pickup_to_prepare to_pickup pickup_completed pickup_canceled" ;;
        "list --marketplace"|"list -m"|"due --marketplace"|"due -m"|"export --marketplace"|"export -m"|"accept --marketplace"|"accept -m"|"refuse --marketplace"|"refuse -m"|"ship --marketplace"|"ship -m"|"cancel --marketplace"|"cancel -m"|"refund --marketplace"|"refund -m"|"actions list --marketplace"|"actions list -m") kind="list" asks="marketplace" ;;
        *" --sku") asks="sku" ;;
        *" --type") kind="list" choices="express prime business fulfilled" ;;
        *" --action-state"|*" --state") kind="list" choices="planned sending doubtful queued pending done rejected expired withdrawn" ;;
        "list --carrier"|"due --carrier"|"export --carrier") asks="parcel-carrier" ;;
        *" --view") asks="view" ;;
        "list --format"|"list -o"|"due --format"|"due -o") choices="table csv tsv json jsonl ids count" ;;
        *" --columns") kind="list" choices="ref profile marketplace order_id status marketplace_status ordered_at imported_at updated_at due_at total currency original_total original_currency shipping tax commission items lines skus customer email country city postcode address phone carrier tracking_number types fulfilled_by_marketplace merchant_order_ids action action_state anonymized synced_at line_id sku marketplace_product_id title quantity amount line_status line_due_at parcel tracking_url shipped_at relay" ;;
        *" --sort") kind="list" choices="ref -ref profile -profile marketplace -marketplace order_id -order_id status -status marketplace_status -marketplace_status ordered_at -ordered_at imported_at -imported_at updated_at -updated_at due_at -due_at total -total currency -currency original_total -original_total original_currency -original_currency shipping -shipping tax -tax commission -commission items -items lines -lines skus -skus customer -customer email -email country -country city -city postcode -postcode address -address phone -phone carrier -carrier tracking_number -tracking_number types -types fulfilled_by_marketplace -fulfilled_by_marketplace merchant_order_ids -merchant_order_ids action -action action_state -action_state anonymized -anonymized synced_at -synced_at" ;;
        "show --format"|"show -o") choices="table json jsonl" ;;
        "export --format"|"export -o") choices="csv tsv json jsonl xlsx" ;;
        *" --rows") choices="order line parcel" ;;
        *" --since-last") asks="since-last" ;;
        "status --format"|"status -o"|"marketplaces show --format"|"marketplaces show -o"|"actions show --format"|"actions show -o"|"actions verify --format"|"actions verify -o"|"db info --format"|"db info -o") choices="table json" ;;
        "statuses --format"|"statuses -o"|"marketplaces list --format"|"marketplaces list -o"|"accept --format"|"accept -o"|"refuse --format"|"refuse -o"|"ship --format"|"ship -o"|"cancel --format"|"cancel -o"|"refund --format"|"refund -o"|"stop --format"|"stop -o"|"apply --format"|"apply -o"|"actions list --format"|"actions list -o"|"actions wait --format"|"actions wait -o"|"actions settle --format"|"actions settle -o"|"actions retry --format"|"actions retry -o"|"actions withdraw --format"|"actions withdraw -o"|"db query --format"|"db query -o"|"config show --format"|"config show -o"|"config check --format"|"config check -o"|"sandbox info --format"|"sandbox info -o"|"sandbox reset --format"|"sandbox reset -o"|"sandbox log --format"|"sandbox log -o") choices="table csv tsv json jsonl" ;;
        *" --line") asks="line" ;;
        "refuse --reason") asks="reason:refuse" ;;
        "ship --carrier") asks="carrier:ship" ;;
        "ship --shipping-method") asks="shipping-method:ship" ;;
        "ship --return-carrier") asks="return-carrier:ship" ;;
        "cancel --reason") asks="reason:cancel" ;;
        "refund --reason") asks="reason:refund" ;;
        "stop --reason") asks="reason:stop" ;;
        *" --action") kind="list" choices="accept refuse ship cancel refund" ;;
        "actions retry --carrier") asks="carrier:retry" ;;
        "actions retry --shipping-method") asks="shipping-method:retry" ;;
        "actions retry --return-carrier") asks="return-carrier:retry" ;;
        "actions retry --reason") asks="reason:retry" ;;
        *" --fault") choices="expired expired403 429 500 502 503 530 540 html cut reset timeout slow lost late drift" ;;
    esac
}

_lengowctl_words() {  # the words up to the cursor; what bash has split at = and : is one again
    local rest=${COMP_LINE:0:COMP_POINT} piece gap at
    words=()
    for ((at = 0; at <= COMP_CWORD; at++)); do
        gap=${rest%%[![:space:]]*}
        rest=${rest#"$gap"}
        piece=${rest:0:${#COMP_WORDS[at]}}
        rest=${rest:${#piece}}
        if [[ $gap || $at == 0 ]]; then words+=("$piece"); else words[${#words[@]}-1]+=$piece; fi
    done
}

_lengowctl_ask() {  # values that lengowctl knows, narrowed to what is typed; foreign text, so never expanded
    local value before=("${words[@]:1:at-1}")
    while IFS= read -r value; do
        found+=("$value")
    done < <("${words[0]/#\~/$HOME}" __complete bash "$asks" "=$cur" "${before[@]//[\\\"\']/}" 2>/dev/null)
}

_lengowctl_offer() {  # what was found, as readline wants it: from its last break on, quoted for the shell
    local value typed=$head$cur tail breaks=""
    [[ $COMP_WORDBREAKS == *:* ]] && breaks=:
    [[ $COMP_WORDBREAKS == *=* ]] && breaks=$breaks=
    tail=$typed
    [[ $breaks && ! $quote ]] && tail=${typed##*[$breaks]}
    for value in "${found[@]}"; do
        value=$head$value
        value=${value#"${typed%"$tail"}"}
        [[ ! $quote && $value == *[!A-Za-z0-9_.:,=@%/+-]* ]] && printf -v value %q "$value"
        COMPREPLY+=("$value")
    done
}

_lengowctl_paths() {  # files or folders; names may hold spaces
    local name
    compopt -o filenames 2>/dev/null
    while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$1" -- "$cur")
    [[ $head && $COMP_WORDBREAKS != *=* ]] && COMPREPLY=("${COMPREPLY[@]/#/$head}")
}

_lengowctl() {
    local words word cur prev path at skip bare commands switches valued arguments kind asks choices head quote found
    _lengowctl_words
    COMPREPLY=() path="" skip="" bare="" head="" quote="" found=() choices=""
    at=$((${#words[@]} - 1))
    cur=${words[at]}
    prev=""
    _lengowctl_at ""
    for word in "${words[@]:1:at-1}"; do
        prev=$word
        if [[ $skip ]]; then skip="" prev=""
        elif [[ $bare ]]; then prev=""
        elif [[ $word == -- ]]; then bare=1
        elif [[ $word == -* ]]; then [[ " $valued " == *" $word "* ]] && skip=1
        elif [[ " $commands " == *" $word "* ]]; then path="${path:+$path }$word"; _lengowctl_at "$path"
        fi
    done
    if [[ $skip ]]; then
        _lengowctl_value "$path" "$prev"
    elif [[ ! $bare && $cur == --*=* ]]; then
        _lengowctl_value "$path" "${cur%%=*}"
        head=${cur%%=*}= cur=${cur#*=}
    elif [[ ! $bare && $cur == -* ]]; then
        choices="$switches $valued" kind="" asks=""
    else
        choices="$commands $arguments"
    fi
    case "$kind" in
        file) _lengowctl_paths -f; return 0 ;;
        folder) _lengowctl_paths -d; return 0 ;;
    esac
    if [[ $cur == [\"\']* ]]; then quote=${cur:0:1} cur=${cur:1}; else cur=${cur//\\/}; fi
    if [[ $kind == list ]]; then
        [[ $cur == *,* ]] && head=$head${cur%,*}, cur=${cur##*,}
        compopt -o nospace 2>/dev/null
    fi
    for word in $choices; do [[ $word == "$cur"* ]] && found+=("$word"); done
    [[ $asks == order:* || $asks == action:* ]] && compopt -o nosort 2>/dev/null
    [[ $asks ]] && _lengowctl_ask
    if [[ $head == *, ]]; then  # what stands in the list already is not meant again
        choices=("${found[@]}") found=()
        for word in "${choices[@]}"; do [[ ,${head#*=} == *",$word,"* ]] || found+=("$word"); done
    fi
    _lengowctl_offer
    return 0
}

complete -F _lengowctl lengowctl
