export const id = 681;
export const ids = [681];
export const modules = {

/***/ 5681:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   openidIdentity: () => (/* binding */ openidIdentity)
/* harmony export */ });
/* unused harmony export expiryOf */
/* harmony import */ var _fairlead_base__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(6942);
/* harmony import */ var _fairlead_base__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(4871);
/* harmony import */ var _json_pointer_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9145);
/* harmony import */ var _identity_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9258);
/* harmony import */ var _kubeconfig_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3667);
/* harmony import */ var _secret_values_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5979);





const TIMEOUT = 30_000;
/**
 * Proves who we are with an OpenID Connect id-token, refreshed at the issuer when its term is over. The refreshed one is kept in memory: the kubeconfig is not written.
 *
 * Our own, since the official client's (2.0.1) cannot refresh at all (it hands openid-client the issuer as a text, which that refuses), leaves the client secret out and knows no proxy.
 */
function openidIdentity(user, options) {
    const field = (name) => (0,_kubeconfig_js__WEBPACK_IMPORTED_MODULE_0__/* .textField */ .M8)(user, 'auth-provider', 'config', name);
    const { host } = options;
    for (const secret of ['id-token', 'refresh-token', 'client-secret'])
        (0,_secret_values_js__WEBPACK_IMPORTED_MODULE_1__/* .maskSecret */ .$l)(host, field(secret));
    let [idToken, refreshToken] = [field('id-token'), field('refresh-token')];
    let first = true;
    const now = () => host.clock.date().getTime();
    return (0,_identity_js__WEBPACK_IMPORTED_MODULE_2__/* .termedIdentity */ .AR)(async () => {
        const until = expiryOf(idToken);
        const holds = first && idToken !== undefined && (until === undefined || now() < until);
        first = false;
        if (!holds) {
            const fresh = await refresh({ issuer: field('idp-issuer-url'), clientId: field('client-id'), clientSecret: field('client-secret'), refreshToken, user: user.name }, options);
            idToken = fresh.idToken;
            refreshToken = fresh.refreshToken ?? refreshToken;
        }
        return termOf(idToken ?? '');
    }, now);
}
function termOf(idToken) {
    const until = expiryOf(idToken);
    return { identity: (0,_identity_js__WEBPACK_IMPORTED_MODULE_2__/* .bearer */ .CM)(idToken), ...(until === undefined ? {} : { until }) };
}
/** The end of a token's term in milliseconds; undefined when it does not say. Its signature is the API server's business. */
function expiryOf(token) {
    try {
        const claims = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'));
        const exp = (0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_3__/* .valueAt */ .fK)(claims, ['exp']);
        return typeof exp === 'number' ? exp * 1_000 : undefined;
    }
    catch (error) {
        if (error instanceof SyntaxError)
            return undefined;
        throw error;
    }
}
async function refresh(wanted, { host, ca }) {
    const { issuer, clientId, refreshToken, user } = wanted;
    if (issuer === undefined || clientId === undefined || refreshToken === undefined)
        throw denied(user, 'a refresh-token, a client-id and an idp-issuer-url', 'an expired id-token alone');
    const transport = (0,_fairlead_base__WEBPACK_IMPORTED_MODULE_4__/* .openTransport */ .g)({ environment: host.environment, ...(ca === undefined ? {} : { tls: { ca } }) });
    try {
        const metadata = await ask(transport, { url: secure(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, user), timeout: TIMEOUT, signal: host.signal }, user);
        const endpoint = secure(textOf((0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_3__/* .valueAt */ .fK)(metadata, ['token_endpoint'])), user);
        const answer = await ask(transport, { ...tokenRequest(wanted, (0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_3__/* .valueAt */ .fK)(metadata, ['token_endpoint_auth_methods_supported'])), url: endpoint, timeout: TIMEOUT, signal: host.signal }, user);
        const [idToken, fresh] = ['id_token', 'refresh_token'].map((name) => (0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_3__/* .valueAt */ .fK)(answer, [name]));
        if (typeof idToken !== 'string')
            throw denied(user, 'an id_token from the issuer', 'an answer without one');
        (0,_secret_values_js__WEBPACK_IMPORTED_MODULE_1__/* .maskSecret */ .$l)(host, idToken);
        if (typeof fresh === 'string')
            (0,_secret_values_js__WEBPACK_IMPORTED_MODULE_1__/* .maskSecret */ .$l)(host, fresh);
        return { idToken, refreshToken: typeof fresh === 'string' ? fresh : undefined };
    }
    finally {
        transport.close();
    }
}
function tokenRequest({ clientId = '', clientSecret, refreshToken = '' }, methods) {
    const supported = Array.isArray(methods) ? methods : [];
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const send = (fields, more = {}) => ({
        method: 'POST',
        headers: { ...headers, ...more },
        body: new URLSearchParams(fields).toString(),
    });
    if (clientSecret === undefined)
        return send({ ...form, client_id: clientId });
    // Basic is what an issuer supports when it names nothing.
    const inBody = supported.includes('client_secret_post') && !supported.includes('client_secret_basic');
    if (inBody)
        return send({ ...form, client_id: clientId, client_secret: clientSecret });
    return send(form, { authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}` });
}
function textOf(value) {
    return typeof value === 'string' ? value : '';
}
async function ask(transport, request, user) {
    const { status, body } = await transport.request(request);
    try {
        const value = JSON.parse(body);
        if (status === 200)
            return value;
        throw denied(user, `an answer of ${request.url.host}`, `${status} ${textOf((0,_json_pointer_js__WEBPACK_IMPORTED_MODULE_3__/* .valueAt */ .fK)(value, ['error'])).slice(0, 100)}`.trim());
    }
    catch (error) {
        // The parser's message quotes the body, which may hold a token.
        if (error instanceof SyntaxError)
            throw denied(user, `JSON from ${request.url.host}`, `${status} and something else`);
        throw error;
    }
}
function secure(address, user) {
    const url = URL.parse(address);
    if (url?.protocol === 'https:')
        return url;
    throw denied(user, 'an https: issuer', address.slice(0, 200));
}
function denied(user, expected, got) {
    return new _fairlead_base__WEBPACK_IMPORTED_MODULE_5__/* .Fault */ .vC('ACCESS_DENIED', `kubeconfig: user "${user}" cannot be signed in with OpenID Connect, expected ${expected}, got ${got}`, {
        hint: 'Sign in again and store the new kubeconfig.',
    });
}


/***/ })

};
