export const id = 77;
export const ids = [77];
export const modules = {

/***/ 6077:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   execIdentity: () => (/* binding */ execIdentity)
/* harmony export */ });
/* harmony import */ var _fairlead_base__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(4871);
/* harmony import */ var _json_pointer_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9145);
/* harmony import */ var _identity_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9258);
/* harmony import */ var _kubeconfig_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3667);
/* harmony import */ var _credential_program_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9660);
/* harmony import */ var _secret_values_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5979);






const PROTOCOL = /^client\.authentication\.k8s\.io\/v1(?:beta1)?$/;
const TIMEOUT = 60_000;
/**
 * Gets credentials from a program, by the client.authentication.k8s.io protocol (v1, v1beta1).
 *
 * Our own, since the official client's (2.0.1) sets no KUBERNETES_EXEC_INFO, has no timeout, hands the program our inputs, and quotes its stdout, which may hold a
 * token, when that is no JSON. The program may not ask anybody: there is nobody.
 */
function execIdentity({ user, cluster }, host) {
    const apiVersion = (0,_kubeconfig_js__WEBPACK_IMPORTED_MODULE_0__/* .textField */ .M8)(user, 'exec', 'apiVersion') ?? '';
    const command = (0,_kubeconfig_js__WEBPACK_IMPORTED_MODULE_0__/* .textField */ .M8)(user, 'exec', 'command') ?? '';
    if (!PROTOCOL.test(apiVersion))
        throw unsupported(command, 'client.authentication.k8s.io/v1 or v1beta1', apiVersion === '' ? 'no apiVersion' : apiVersion);
    if ((0,_kubeconfig_js__WEBPACK_IMPORTED_MODULE_0__/* .textField */ .M8)(user, 'exec', 'interactiveMode') === 'Always')
        throw unsupported(command, 'a program that needs nobody at a keyboard', 'interactiveMode: Always');
    const [words, given] = [listOf(user, 'args').map(String), variables(user)];
    // The program may quote what it was given on stderr, which a fault quotes in turn.
    for (const secret of [...Object.values(given), ...(0,_secret_values_js__WEBPACK_IMPORTED_MODULE_1__/* .secretWords */ .C5)(words)])
        (0,_secret_values_js__WEBPACK_IMPORTED_MODULE_1__/* .maskSecret */ .$l)(host, secret);
    const program = {
        command,
        arguments: words,
        file: user.file,
        environment: { ...given, KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(apiVersion, user, cluster)) },
        timeout: TIMEOUT,
        installHint: (0,_kubeconfig_js__WEBPACK_IMPORTED_MODULE_0__/* .textField */ .M8)(user, 'exec', 'installHint'),
    };
    const obtain = async () => readCredential(await (0,_credential_program_js__WEBPACK_IMPORTED_MODULE_2__/* .runCredentialProgram */ .H)(program, host), { command, apiVersion, host });
    return (0,_identity_js__WEBPACK_IMPORTED_MODULE_3__/* .termedIdentity */ .AR)(obtain, () => host.clock.date().getTime());
}
function execInfo(apiVersion, user, { fields }) {
    const cluster = {
        server: fields['server'],
        'tls-server-name': fields['tls-server-name'],
        'insecure-skip-tls-verify': fields['insecure-skip-tls-verify'],
        'certificate-authority-data': fields['certificate-authority-data'],
        'proxy-url': fields['proxy-url'],
        config: extension(fields['extensions']),
    };
    const provides = (0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_4__/* .valueAt */ .fK)(user.fields, ['exec', 'provideClusterInfo']) === true;
    return { apiVersion, kind: 'ExecCredential', spec: { interactive: false, ...(provides ? { cluster } : {}) } };
}
/** What the cluster's entry has to say to the plugin: the extension of that reserved name. */
function extension(extensions) {
    const found = Array.isArray(extensions) ? extensions.find((each) => (0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_4__/* .valueAt */ .fK)(each, ['name']) === 'client.authentication.k8s.io/exec') : undefined;
    return (0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_4__/* .valueAt */ .fK)(found, ['extension']);
}
function variables(user) {
    return Object.fromEntries(listOf(user, 'env').map((each) => [String((0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_4__/* .valueAt */ .fK)(each, ['name'])), String((0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_4__/* .valueAt */ .fK)(each, ['value']))]));
}
function listOf(user, field) {
    const list = (0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_4__/* .valueAt */ .fK)(user.fields, ['exec', field]);
    return Array.isArray(list) ? list : [];
}
function readCredential(output, { command, apiVersion, host }) {
    const credential = parse(output, command);
    const got = (0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_4__/* .valueAt */ .fK)(credential, ['apiVersion']);
    if ((0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_4__/* .valueAt */ .fK)(credential, ['kind']) !== 'ExecCredential' || got !== apiVersion)
        throw unusable(command, `an ExecCredential of ${apiVersion}`, `one of ${String(got).slice(0, 80)}`);
    const [token, certificate, key, until] = ['token', 'clientCertificateData', 'clientKeyData', 'expirationTimestamp'].map((field) => statusText(credential, field));
    (0,_secret_values_js__WEBPACK_IMPORTED_MODULE_1__/* .maskSecret */ .$l)(host, token);
    (0,_secret_values_js__WEBPACK_IMPORTED_MODULE_1__/* .maskKey */ .s9)(host, key);
    const pair = certificate === undefined || key === undefined ? undefined : { certificate, key };
    if (token === undefined && pair === undefined)
        throw unusable(command, 'a token or a certificate with its key', 'neither');
    const identity = { ...(token === undefined ? { headers: {} } : (0,_identity_js__WEBPACK_IMPORTED_MODULE_3__/* .bearer */ .CM)(token)), ...pair };
    const term = until === undefined ? Number.NaN : Date.parse(until);
    return { identity, ...(Number.isNaN(term) ? {} : { until: term }) };
}
function statusText(credential, field) {
    const value = (0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_4__/* .valueAt */ .fK)(credential, ['status', field]);
    return typeof value === 'string' && value !== '' ? value : undefined;
}
function parse(output, command) {
    try {
        return JSON.parse(output);
    }
    catch {
        // The parser's message quotes the output.
        throw unusable(command, 'JSON on stdout', output.trim() === '' ? 'nothing' : 'something else');
    }
}
function unusable(command, expected, got) {
    return new _fairlead_base__WEBPACK_IMPORTED_MODULE_5__/* .Fault */ .vC('ACCESS_DENIED', `kubeconfig: the program ${command} gave no usable credentials, expected ${expected}, got ${got}`, {
        hint: `Run ${command} by hand, and check the apiVersion of its exec section.`,
    });
}
function unsupported(command, expected, got) {
    return new _fairlead_base__WEBPACK_IMPORTED_MODULE_5__/* .Fault */ .vC('UNSUPPORTED', `kubeconfig: the exec plugin ${command} cannot be used here, expected ${expected}, got ${got}`, {
        hint: 'Update the exec section of the kubeconfig.',
    });
}


/***/ })

};
