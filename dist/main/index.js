/* Modules of Node are loaded when they are first used: most of a short step needs none of them. */
const firstUse = (name) =>
  new Proxy({}, {
    get: (_, key) => (key === "__esModule" ? undefined : require(name)[key]),
    ownKeys: () => Reflect.ownKeys(require(name)),
  });

/******/ (() => { // webpackBootstrap
/******/ 	var __webpack_modules__ = ({

/***/ 770:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

module.exports = __nccwpck_require__(218);


/***/ }),

/***/ 218:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

"use strict";
var __webpack_unused_export__;


var net = __nccwpck_require__(278);
var tls = __nccwpck_require__(756);
var http = __nccwpck_require__(611);
var https = __nccwpck_require__(692);
var events = __nccwpck_require__(434);
var assert = __nccwpck_require__(613);
var util = __nccwpck_require__(23);


exports.httpOverHttp = httpOverHttp;
exports.httpsOverHttp = httpsOverHttp;
exports.httpOverHttps = httpOverHttps;
exports.httpsOverHttps = httpsOverHttps;


function httpOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  return agent;
}

function httpsOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}

function httpOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  return agent;
}

function httpsOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}


function TunnelingAgent(options) {
  var self = this;
  self.options = options || {};
  self.proxyOptions = self.options.proxy || {};
  self.maxSockets = self.options.maxSockets || http.Agent.defaultMaxSockets;
  self.requests = [];
  self.sockets = [];

  self.on('free', function onFree(socket, host, port, localAddress) {
    var options = toOptions(host, port, localAddress);
    for (var i = 0, len = self.requests.length; i < len; ++i) {
      var pending = self.requests[i];
      if (pending.host === options.host && pending.port === options.port) {
        // Detect the request to connect same origin server,
        // reuse the connection.
        self.requests.splice(i, 1);
        pending.request.onSocket(socket);
        return;
      }
    }
    socket.destroy();
    self.removeSocket(socket);
  });
}
util.inherits(TunnelingAgent, events.EventEmitter);

TunnelingAgent.prototype.addRequest = function addRequest(req, host, port, localAddress) {
  var self = this;
  var options = mergeOptions({request: req}, self.options, toOptions(host, port, localAddress));

  if (self.sockets.length >= this.maxSockets) {
    // We are over limit so we'll add it to the queue.
    self.requests.push(options);
    return;
  }

  // If we are under maxSockets create a new one.
  self.createSocket(options, function(socket) {
    socket.on('free', onFree);
    socket.on('close', onCloseOrRemove);
    socket.on('agentRemove', onCloseOrRemove);
    req.onSocket(socket);

    function onFree() {
      self.emit('free', socket, options);
    }

    function onCloseOrRemove(err) {
      self.removeSocket(socket);
      socket.removeListener('free', onFree);
      socket.removeListener('close', onCloseOrRemove);
      socket.removeListener('agentRemove', onCloseOrRemove);
    }
  });
};

TunnelingAgent.prototype.createSocket = function createSocket(options, cb) {
  var self = this;
  var placeholder = {};
  self.sockets.push(placeholder);

  var connectOptions = mergeOptions({}, self.proxyOptions, {
    method: 'CONNECT',
    path: options.host + ':' + options.port,
    agent: false,
    headers: {
      host: options.host + ':' + options.port
    }
  });
  if (options.localAddress) {
    connectOptions.localAddress = options.localAddress;
  }
  if (connectOptions.proxyAuth) {
    connectOptions.headers = connectOptions.headers || {};
    connectOptions.headers['Proxy-Authorization'] = 'Basic ' +
        new Buffer(connectOptions.proxyAuth).toString('base64');
  }

  debug('making CONNECT request');
  var connectReq = self.request(connectOptions);
  connectReq.useChunkedEncodingByDefault = false; // for v0.6
  connectReq.once('response', onResponse); // for v0.6
  connectReq.once('upgrade', onUpgrade);   // for v0.6
  connectReq.once('connect', onConnect);   // for v0.7 or later
  connectReq.once('error', onError);
  connectReq.end();

  function onResponse(res) {
    // Very hacky. This is necessary to avoid http-parser leaks.
    res.upgrade = true;
  }

  function onUpgrade(res, socket, head) {
    // Hacky.
    process.nextTick(function() {
      onConnect(res, socket, head);
    });
  }

  function onConnect(res, socket, head) {
    connectReq.removeAllListeners();
    socket.removeAllListeners();

    if (res.statusCode !== 200) {
      debug('tunneling socket could not be established, statusCode=%d',
        res.statusCode);
      socket.destroy();
      var error = new Error('tunneling socket could not be established, ' +
        'statusCode=' + res.statusCode);
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    if (head.length > 0) {
      debug('got illegal response body from proxy');
      socket.destroy();
      var error = new Error('got illegal response body from proxy');
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    debug('tunneling connection has established');
    self.sockets[self.sockets.indexOf(placeholder)] = socket;
    return cb(socket);
  }

  function onError(cause) {
    connectReq.removeAllListeners();

    debug('tunneling socket could not be established, cause=%s\n',
          cause.message, cause.stack);
    var error = new Error('tunneling socket could not be established, ' +
                          'cause=' + cause.message);
    error.code = 'ECONNRESET';
    options.request.emit('error', error);
    self.removeSocket(placeholder);
  }
};

TunnelingAgent.prototype.removeSocket = function removeSocket(socket) {
  var pos = this.sockets.indexOf(socket)
  if (pos === -1) {
    return;
  }
  this.sockets.splice(pos, 1);

  var pending = this.requests.shift();
  if (pending) {
    // If we have pending requests and a socket gets closed a new one
    // needs to be created to take over in the pool for the one that closed.
    this.createSocket(pending, function(socket) {
      pending.request.onSocket(socket);
    });
  }
};

function createSecureSocket(options, cb) {
  var self = this;
  TunnelingAgent.prototype.createSocket.call(self, options, function(socket) {
    var hostHeader = options.request.getHeader('host');
    var tlsOptions = mergeOptions({}, self.options, {
      socket: socket,
      servername: hostHeader ? hostHeader.replace(/:.*$/, '') : options.host
    });

    // 0 is dummy port for v0.6
    var secureSocket = tls.connect(0, tlsOptions);
    self.sockets[self.sockets.indexOf(socket)] = secureSocket;
    cb(secureSocket);
  });
}


function toOptions(host, port, localAddress) {
  if (typeof host === 'string') { // since v0.10
    return {
      host: host,
      port: port,
      localAddress: localAddress
    };
  }
  return host; // for v0.11 or later
}

function mergeOptions(target) {
  for (var i = 1, len = arguments.length; i < len; ++i) {
    var overrides = arguments[i];
    if (typeof overrides === 'object') {
      var keys = Object.keys(overrides);
      for (var j = 0, keyLen = keys.length; j < keyLen; ++j) {
        var k = keys[j];
        if (overrides[k] !== undefined) {
          target[k] = overrides[k];
        }
      }
    }
  }
  return target;
}


var debug;
if (process.env.NODE_DEBUG && /\btunnel\b/.test(process.env.NODE_DEBUG)) {
  debug = function() {
    var args = Array.prototype.slice.call(arguments);
    if (typeof args[0] === 'string') {
      args[0] = 'TUNNEL: ' + args[0];
    } else {
      args.unshift('TUNNEL:');
    }
    console.error.apply(console, args);
  }
} else {
  debug = function() {};
}
__webpack_unused_export__ = debug; // for test


/***/ }),

/***/ 613:
/***/ ((module) => {

"use strict";
module.exports = firstUse("assert");

/***/ }),

/***/ 434:
/***/ ((module) => {

"use strict";
module.exports = firstUse("events");

/***/ }),

/***/ 611:
/***/ ((module) => {

"use strict";
module.exports = firstUse("http");

/***/ }),

/***/ 692:
/***/ ((module) => {

"use strict";
module.exports = firstUse("https");

/***/ }),

/***/ 278:
/***/ ((module) => {

"use strict";
module.exports = firstUse("net");

/***/ }),

/***/ 756:
/***/ ((module) => {

"use strict";
module.exports = firstUse("tls");

/***/ }),

/***/ 23:
/***/ ((module) => {

"use strict";
module.exports = firstUse("util");

/***/ }),

/***/ 639:
/***/ ((module) => {

"use strict";


/* Stands in for @actions/exec, which starts programs. @actions/core has it for `platform.getDetails`, which nothing here calls. */
module.exports = {
  getExecOutput() {
    throw new Error('@actions/exec is not part of this bundle');
  },
};


/***/ }),

/***/ 492:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

"use strict";


/* Stands in for @actions/http-client, which reads `http`, `https`, `net` and `tls` when it is loaded: at the first request. */
module.exports = {
  get HttpClient() {
    return (__nccwpck_require__(942)/* .HttpClient */ .Qq);
  },
};


/***/ }),

/***/ 760:
/***/ ((module) => {

"use strict";


/*
 * Stands in for undici in the bundles. @actions/http-client and @actions/github import its megabyte for a `fetch` that
 * nothing here calls: a comment on GitHub goes the way of all requests (src/github/fetch.ts), through the proxy too.
 */
module.exports = {
  /** Made by @actions/github as soon as it is loaded behind a proxy, and not used. */
  ProxyAgent: Object,
  fetch() {
    throw new Error('undici is not part of this bundle');
  },
};


/***/ }),

/***/ 942:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

"use strict";

// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  Qq: () => (/* binding */ HttpClient)
});

// UNUSED EXPORTS: Headers, HttpClientError, HttpClientResponse, HttpCodes, MediaTypes, getProxyUrl, isHttps

// EXTERNAL MODULE: external "http"
var external_http_ = __nccwpck_require__(611);
var external_http_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_http_, 2);
// EXTERNAL MODULE: external "https"
var external_https_ = __nccwpck_require__(692);
var external_https_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_https_, 2);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/proxy.js
function getProxyUrl(reqUrl) {
    const usingSsl = reqUrl.protocol === 'https:';
    if (checkBypass(reqUrl)) {
        return undefined;
    }
    const proxyVar = (() => {
        if (usingSsl) {
            return process.env['https_proxy'] || process.env['HTTPS_PROXY'];
        }
        else {
            return process.env['http_proxy'] || process.env['HTTP_PROXY'];
        }
    })();
    if (proxyVar) {
        try {
            return new DecodedURL(proxyVar);
        }
        catch (_a) {
            if (!proxyVar.startsWith('http://') && !proxyVar.startsWith('https://'))
                return new DecodedURL(`http://${proxyVar}`);
        }
    }
    else {
        return undefined;
    }
}
function checkBypass(reqUrl) {
    if (!reqUrl.hostname) {
        return false;
    }
    const reqHost = reqUrl.hostname;
    if (isLoopbackAddress(reqHost)) {
        return true;
    }
    const noProxy = process.env['no_proxy'] || process.env['NO_PROXY'] || '';
    if (!noProxy) {
        return false;
    }
    // Determine the request port
    let reqPort;
    if (reqUrl.port) {
        reqPort = Number(reqUrl.port);
    }
    else if (reqUrl.protocol === 'http:') {
        reqPort = 80;
    }
    else if (reqUrl.protocol === 'https:') {
        reqPort = 443;
    }
    // Format the request hostname and hostname with port
    const upperReqHosts = [reqUrl.hostname.toUpperCase()];
    if (typeof reqPort === 'number') {
        upperReqHosts.push(`${upperReqHosts[0]}:${reqPort}`);
    }
    // Compare request host against noproxy
    for (const upperNoProxyItem of noProxy
        .split(',')
        .map(x => x.trim().toUpperCase())
        .filter(x => x)) {
        if (upperNoProxyItem === '*' ||
            upperReqHosts.some(x => x === upperNoProxyItem ||
                x.endsWith(`.${upperNoProxyItem}`) ||
                (upperNoProxyItem.startsWith('.') &&
                    x.endsWith(`${upperNoProxyItem}`)))) {
            return true;
        }
    }
    return false;
}
function isLoopbackAddress(host) {
    const hostLower = host.toLowerCase();
    return (hostLower === 'localhost' ||
        hostLower.startsWith('127.') ||
        hostLower.startsWith('[::1]') ||
        hostLower.startsWith('[0:0:0:0:0:0:0:1]'));
}
class DecodedURL extends URL {
    constructor(url, base) {
        super(url, base);
        this._decodedUsername = decodeURIComponent(super.username);
        this._decodedPassword = decodeURIComponent(super.password);
    }
    get username() {
        return this._decodedUsername;
    }
    get password() {
        return this._decodedPassword;
    }
}
//# sourceMappingURL=proxy.js.map
// EXTERNAL MODULE: ./node_modules/tunnel/index.js
var tunnel = __nccwpck_require__(770);
// EXTERNAL MODULE: ./scripts/build/shims/undici.cjs
var undici = __nccwpck_require__(760);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/index.js
/* eslint-disable @typescript-eslint/no-explicit-any */
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};





var HttpCodes;
(function (HttpCodes) {
    HttpCodes[HttpCodes["OK"] = 200] = "OK";
    HttpCodes[HttpCodes["MultipleChoices"] = 300] = "MultipleChoices";
    HttpCodes[HttpCodes["MovedPermanently"] = 301] = "MovedPermanently";
    HttpCodes[HttpCodes["ResourceMoved"] = 302] = "ResourceMoved";
    HttpCodes[HttpCodes["SeeOther"] = 303] = "SeeOther";
    HttpCodes[HttpCodes["NotModified"] = 304] = "NotModified";
    HttpCodes[HttpCodes["UseProxy"] = 305] = "UseProxy";
    HttpCodes[HttpCodes["SwitchProxy"] = 306] = "SwitchProxy";
    HttpCodes[HttpCodes["TemporaryRedirect"] = 307] = "TemporaryRedirect";
    HttpCodes[HttpCodes["PermanentRedirect"] = 308] = "PermanentRedirect";
    HttpCodes[HttpCodes["BadRequest"] = 400] = "BadRequest";
    HttpCodes[HttpCodes["Unauthorized"] = 401] = "Unauthorized";
    HttpCodes[HttpCodes["PaymentRequired"] = 402] = "PaymentRequired";
    HttpCodes[HttpCodes["Forbidden"] = 403] = "Forbidden";
    HttpCodes[HttpCodes["NotFound"] = 404] = "NotFound";
    HttpCodes[HttpCodes["MethodNotAllowed"] = 405] = "MethodNotAllowed";
    HttpCodes[HttpCodes["NotAcceptable"] = 406] = "NotAcceptable";
    HttpCodes[HttpCodes["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
    HttpCodes[HttpCodes["RequestTimeout"] = 408] = "RequestTimeout";
    HttpCodes[HttpCodes["Conflict"] = 409] = "Conflict";
    HttpCodes[HttpCodes["Gone"] = 410] = "Gone";
    HttpCodes[HttpCodes["TooManyRequests"] = 429] = "TooManyRequests";
    HttpCodes[HttpCodes["InternalServerError"] = 500] = "InternalServerError";
    HttpCodes[HttpCodes["NotImplemented"] = 501] = "NotImplemented";
    HttpCodes[HttpCodes["BadGateway"] = 502] = "BadGateway";
    HttpCodes[HttpCodes["ServiceUnavailable"] = 503] = "ServiceUnavailable";
    HttpCodes[HttpCodes["GatewayTimeout"] = 504] = "GatewayTimeout";
})(HttpCodes || (HttpCodes = {}));
var Headers;
(function (Headers) {
    Headers["Accept"] = "accept";
    Headers["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function (MediaTypes) {
    MediaTypes["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
/**
 * Returns the proxy URL, depending upon the supplied url and proxy environment variables.
 * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
 */
function lib_getProxyUrl(serverUrl) {
    const proxyUrl = pm.getProxyUrl(new URL(serverUrl));
    return proxyUrl ? proxyUrl.href : '';
}
const HttpRedirectCodes = [
    HttpCodes.MovedPermanently,
    HttpCodes.ResourceMoved,
    HttpCodes.SeeOther,
    HttpCodes.TemporaryRedirect,
    HttpCodes.PermanentRedirect
];
const HttpResponseRetryCodes = [
    HttpCodes.BadGateway,
    HttpCodes.ServiceUnavailable,
    HttpCodes.GatewayTimeout
];
const RetryableHttpVerbs = ['OPTIONS', 'GET', 'DELETE', 'HEAD'];
const ExponentialBackoffCeiling = 10;
const ExponentialBackoffTimeSlice = 5;
class HttpClientError extends Error {
    constructor(message, statusCode) {
        super(message);
        this.name = 'HttpClientError';
        this.statusCode = statusCode;
        Object.setPrototypeOf(this, HttpClientError.prototype);
    }
}
class HttpClientResponse {
    constructor(message) {
        this.message = message;
    }
    readBody() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                let output = Buffer.alloc(0);
                this.message.on('data', (chunk) => {
                    output = Buffer.concat([output, chunk]);
                });
                this.message.on('end', () => {
                    resolve(output.toString());
                });
            }));
        });
    }
    readBodyBuffer() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                const chunks = [];
                this.message.on('data', (chunk) => {
                    chunks.push(chunk);
                });
                this.message.on('end', () => {
                    resolve(Buffer.concat(chunks));
                });
            }));
        });
    }
}
function isHttps(requestUrl) {
    const parsedUrl = new URL(requestUrl);
    return parsedUrl.protocol === 'https:';
}
class HttpClient {
    constructor(userAgent, handlers, requestOptions) {
        this._ignoreSslError = false;
        this._allowRedirects = true;
        this._allowRedirectDowngrade = false;
        this._maxRedirects = 50;
        this._allowRetries = false;
        this._maxRetries = 1;
        this._keepAlive = false;
        this._disposed = false;
        this.userAgent = this._getUserAgentWithOrchestrationId(userAgent);
        this.handlers = handlers || [];
        this.requestOptions = requestOptions;
        if (requestOptions) {
            if (requestOptions.ignoreSslError != null) {
                this._ignoreSslError = requestOptions.ignoreSslError;
            }
            this._socketTimeout = requestOptions.socketTimeout;
            if (requestOptions.allowRedirects != null) {
                this._allowRedirects = requestOptions.allowRedirects;
            }
            if (requestOptions.allowRedirectDowngrade != null) {
                this._allowRedirectDowngrade = requestOptions.allowRedirectDowngrade;
            }
            if (requestOptions.maxRedirects != null) {
                this._maxRedirects = Math.max(requestOptions.maxRedirects, 0);
            }
            if (requestOptions.keepAlive != null) {
                this._keepAlive = requestOptions.keepAlive;
            }
            if (requestOptions.allowRetries != null) {
                this._allowRetries = requestOptions.allowRetries;
            }
            if (requestOptions.maxRetries != null) {
                this._maxRetries = requestOptions.maxRetries;
            }
        }
    }
    options(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('OPTIONS', requestUrl, null, additionalHeaders || {});
        });
    }
    get(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('GET', requestUrl, null, additionalHeaders || {});
        });
    }
    del(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('DELETE', requestUrl, null, additionalHeaders || {});
        });
    }
    post(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('POST', requestUrl, data, additionalHeaders || {});
        });
    }
    patch(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PATCH', requestUrl, data, additionalHeaders || {});
        });
    }
    put(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PUT', requestUrl, data, additionalHeaders || {});
        });
    }
    head(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('HEAD', requestUrl, null, additionalHeaders || {});
        });
    }
    sendStream(verb, requestUrl, stream, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request(verb, requestUrl, stream, additionalHeaders);
        });
    }
    /**
     * Gets a typed object from an endpoint
     * Be aware that not found returns a null.  Other errors (4xx, 5xx) reject the promise
     */
    getJson(requestUrl_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, additionalHeaders = {}) {
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            const res = yield this.get(requestUrl, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    postJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.post(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    putJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.put(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    patchJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.patch(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    /**
     * Makes a raw http request.
     * All other methods such as get, post, patch, and request ultimately call this.
     * Prefer get, del, post and patch
     */
    request(verb, requestUrl, data, headers) {
        return __awaiter(this, void 0, void 0, function* () {
            if (this._disposed) {
                throw new Error('Client has already been disposed.');
            }
            const parsedUrl = new URL(requestUrl);
            let info = this._prepareRequest(verb, parsedUrl, headers);
            // Only perform retries on reads since writes may not be idempotent.
            const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb)
                ? this._maxRetries + 1
                : 1;
            let numTries = 0;
            let response;
            do {
                response = yield this.requestRaw(info, data);
                // Check if it's an authentication challenge
                if (response &&
                    response.message &&
                    response.message.statusCode === HttpCodes.Unauthorized) {
                    let authenticationHandler;
                    for (const handler of this.handlers) {
                        if (handler.canHandleAuthentication(response)) {
                            authenticationHandler = handler;
                            break;
                        }
                    }
                    if (authenticationHandler) {
                        return authenticationHandler.handleAuthentication(this, info, data);
                    }
                    else {
                        // We have received an unauthorized response but have no handlers to handle it.
                        // Let the response return to the caller.
                        return response;
                    }
                }
                let redirectsRemaining = this._maxRedirects;
                while (response.message.statusCode &&
                    HttpRedirectCodes.includes(response.message.statusCode) &&
                    this._allowRedirects &&
                    redirectsRemaining > 0) {
                    const redirectUrl = response.message.headers['location'];
                    if (!redirectUrl) {
                        // if there's no location to redirect to, we won't
                        break;
                    }
                    const parsedRedirectUrl = new URL(redirectUrl);
                    if (parsedUrl.protocol === 'https:' &&
                        parsedUrl.protocol !== parsedRedirectUrl.protocol &&
                        !this._allowRedirectDowngrade) {
                        throw new Error('Redirect from HTTPS to HTTP protocol. This downgrade is not allowed for security reasons. If you want to allow this behavior, set the allowRedirectDowngrade option to true.');
                    }
                    // we need to finish reading the response before reassigning response
                    // which will leak the open socket.
                    yield response.readBody();
                    // strip authorization header if redirected to a different hostname
                    if (parsedRedirectUrl.hostname !== parsedUrl.hostname) {
                        for (const header in headers) {
                            // header names are case insensitive
                            if (header.toLowerCase() === 'authorization') {
                                delete headers[header];
                            }
                        }
                    }
                    // let's make the request with the new redirectUrl
                    info = this._prepareRequest(verb, parsedRedirectUrl, headers);
                    response = yield this.requestRaw(info, data);
                    redirectsRemaining--;
                }
                if (!response.message.statusCode ||
                    !HttpResponseRetryCodes.includes(response.message.statusCode)) {
                    // If not a retry code, return immediately instead of retrying
                    return response;
                }
                numTries += 1;
                if (numTries < maxTries) {
                    yield response.readBody();
                    yield this._performExponentialBackoff(numTries);
                }
            } while (numTries < maxTries);
            return response;
        });
    }
    /**
     * Needs to be called if keepAlive is set to true in request options.
     */
    dispose() {
        if (this._agent) {
            this._agent.destroy();
        }
        this._disposed = true;
    }
    /**
     * Raw request.
     * @param info
     * @param data
     */
    requestRaw(info, data) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => {
                function callbackForResult(err, res) {
                    if (err) {
                        reject(err);
                    }
                    else if (!res) {
                        // If `err` is not passed, then `res` must be passed.
                        reject(new Error('Unknown error'));
                    }
                    else {
                        resolve(res);
                    }
                }
                this.requestRawWithCallback(info, data, callbackForResult);
            });
        });
    }
    /**
     * Raw request with callback.
     * @param info
     * @param data
     * @param onResult
     */
    requestRawWithCallback(info, data, onResult) {
        if (typeof data === 'string') {
            if (!info.options.headers) {
                info.options.headers = {};
            }
            info.options.headers['Content-Length'] = Buffer.byteLength(data, 'utf8');
        }
        let callbackCalled = false;
        function handleResult(err, res) {
            if (!callbackCalled) {
                callbackCalled = true;
                onResult(err, res);
            }
        }
        const req = info.httpModule.request(info.options, (msg) => {
            const res = new HttpClientResponse(msg);
            handleResult(undefined, res);
        });
        let socket;
        req.on('socket', sock => {
            socket = sock;
        });
        // If we ever get disconnected, we want the socket to timeout eventually
        req.setTimeout(this._socketTimeout || 3 * 60000, () => {
            if (socket) {
                socket.end();
            }
            handleResult(new Error(`Request timeout: ${info.options.path}`));
        });
        req.on('error', function (err) {
            // err has statusCode property
            // res should have headers
            handleResult(err);
        });
        if (data && typeof data === 'string') {
            req.write(data, 'utf8');
        }
        if (data && typeof data !== 'string') {
            data.on('close', function () {
                req.end();
            });
            data.pipe(req);
        }
        else {
            req.end();
        }
    }
    /**
     * Gets an http agent. This function is useful when you need an http agent that handles
     * routing through a proxy server - depending upon the url and proxy environment variables.
     * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
     */
    getAgent(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        return this._getAgent(parsedUrl);
    }
    getAgentDispatcher(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (!useProxy) {
            return;
        }
        return this._getProxyAgentDispatcher(parsedUrl, proxyUrl);
    }
    _prepareRequest(method, requestUrl, headers) {
        const info = {};
        info.parsedUrl = requestUrl;
        const usingSsl = info.parsedUrl.protocol === 'https:';
        info.httpModule = usingSsl ? external_https_namespaceObject : external_http_namespaceObject;
        const defaultPort = usingSsl ? 443 : 80;
        info.options = {};
        info.options.host = info.parsedUrl.hostname;
        info.options.port = info.parsedUrl.port
            ? parseInt(info.parsedUrl.port)
            : defaultPort;
        info.options.path =
            (info.parsedUrl.pathname || '') + (info.parsedUrl.search || '');
        info.options.method = method;
        info.options.headers = this._mergeHeaders(headers);
        if (this.userAgent != null) {
            info.options.headers['user-agent'] = this.userAgent;
        }
        info.options.agent = this._getAgent(info.parsedUrl);
        // gives handlers an opportunity to participate
        if (this.handlers) {
            for (const handler of this.handlers) {
                handler.prepareRequest(info.options);
            }
        }
        return info;
    }
    _mergeHeaders(headers) {
        if (this.requestOptions && this.requestOptions.headers) {
            return Object.assign({}, lowercaseKeys(this.requestOptions.headers), lowercaseKeys(headers || {}));
        }
        return lowercaseKeys(headers || {});
    }
    /**
     * Gets an existing header value or returns a default.
     * Handles converting number header values to strings since HTTP headers must be strings.
     * Note: This returns string | string[] since some headers can have multiple values.
     * For headers that must always be a single string (like Content-Type), use the
     * specialized _getExistingOrDefaultContentTypeHeader method instead.
     */
    _getExistingOrDefaultHeader(additionalHeaders, header, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[header];
            if (headerValue) {
                clientHeader =
                    typeof headerValue === 'number' ? headerValue.toString() : headerValue;
            }
        }
        const additionalValue = additionalHeaders[header];
        if (additionalValue !== undefined) {
            return typeof additionalValue === 'number'
                ? additionalValue.toString()
                : additionalValue;
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    /**
     * Specialized version of _getExistingOrDefaultHeader for Content-Type header.
     * Always returns a single string (not an array) since Content-Type should be a single value.
     * Converts arrays to comma-separated strings and numbers to strings to ensure type safety.
     * This was split from _getExistingOrDefaultHeader to provide stricter typing for callers
     * that assign the result to places expecting a string (e.g., additionalHeaders[Headers.ContentType]).
     */
    _getExistingOrDefaultContentTypeHeader(additionalHeaders, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[Headers.ContentType];
            if (headerValue) {
                if (typeof headerValue === 'number') {
                    clientHeader = String(headerValue);
                }
                else if (Array.isArray(headerValue)) {
                    clientHeader = headerValue.join(', ');
                }
                else {
                    clientHeader = headerValue;
                }
            }
        }
        const additionalValue = additionalHeaders[Headers.ContentType];
        // Return the first non-undefined value, converting numbers or arrays to strings if necessary
        if (additionalValue !== undefined) {
            if (typeof additionalValue === 'number') {
                return String(additionalValue);
            }
            else if (Array.isArray(additionalValue)) {
                return additionalValue.join(', ');
            }
            else {
                return additionalValue;
            }
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    _getAgent(parsedUrl) {
        let agent;
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (this._keepAlive && useProxy) {
            agent = this._proxyAgent;
        }
        if (!useProxy) {
            agent = this._agent;
        }
        // if agent is already assigned use that agent.
        if (agent) {
            return agent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        let maxSockets = 100;
        if (this.requestOptions) {
            maxSockets = this.requestOptions.maxSockets || external_http_.globalAgent.maxSockets;
        }
        // This is `useProxy` again, but we need to check `proxyURl` directly for TypeScripts's flow analysis.
        if (proxyUrl && proxyUrl.hostname) {
            const agentOptions = {
                maxSockets,
                keepAlive: this._keepAlive,
                proxy: Object.assign(Object.assign({}, ((proxyUrl.username || proxyUrl.password) && {
                    proxyAuth: `${proxyUrl.username}:${proxyUrl.password}`
                })), { host: proxyUrl.hostname, port: proxyUrl.port })
            };
            let tunnelAgent;
            const overHttps = proxyUrl.protocol === 'https:';
            if (usingSsl) {
                tunnelAgent = overHttps ? tunnel.httpsOverHttps : tunnel.httpsOverHttp;
            }
            else {
                tunnelAgent = overHttps ? tunnel.httpOverHttps : tunnel.httpOverHttp;
            }
            agent = tunnelAgent(agentOptions);
            this._proxyAgent = agent;
        }
        // if tunneling agent isn't assigned create a new agent
        if (!agent) {
            const options = { keepAlive: this._keepAlive, maxSockets };
            agent = usingSsl ? new external_https_.Agent(options) : new external_http_.Agent(options);
            this._agent = agent;
        }
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            agent.options = Object.assign(agent.options || {}, {
                rejectUnauthorized: false
            });
        }
        return agent;
    }
    _getProxyAgentDispatcher(parsedUrl, proxyUrl) {
        let proxyAgent;
        if (this._keepAlive) {
            proxyAgent = this._proxyAgentDispatcher;
        }
        // if agent is already assigned use that agent.
        if (proxyAgent) {
            return proxyAgent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        proxyAgent = new undici.ProxyAgent(Object.assign({ uri: proxyUrl.href, pipelining: !this._keepAlive ? 0 : 1 }, ((proxyUrl.username || proxyUrl.password) && {
            token: `Basic ${Buffer.from(`${proxyUrl.username}:${proxyUrl.password}`).toString('base64')}`
        })));
        this._proxyAgentDispatcher = proxyAgent;
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            proxyAgent.options = Object.assign(proxyAgent.options.requestTls || {}, {
                rejectUnauthorized: false
            });
        }
        return proxyAgent;
    }
    _getUserAgentWithOrchestrationId(userAgent) {
        const baseUserAgent = userAgent || 'actions/http-client';
        const orchId = process.env['ACTIONS_ORCHESTRATION_ID'];
        if (orchId) {
            // Sanitize the orchestration ID to ensure it contains only valid characters
            // Valid characters: 0-9, a-z, _, -, .
            const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, '_');
            return `${baseUserAgent} actions_orchestration_id/${sanitizedId}`;
        }
        return baseUserAgent;
    }
    _performExponentialBackoff(retryNumber) {
        return __awaiter(this, void 0, void 0, function* () {
            retryNumber = Math.min(ExponentialBackoffCeiling, retryNumber);
            const ms = ExponentialBackoffTimeSlice * Math.pow(2, retryNumber);
            return new Promise(resolve => setTimeout(() => resolve(), ms));
        });
    }
    _processResponse(res, options) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => __awaiter(this, void 0, void 0, function* () {
                const statusCode = res.message.statusCode || 0;
                const response = {
                    statusCode,
                    result: null,
                    headers: {}
                };
                // not found leads to null obj returned
                if (statusCode === HttpCodes.NotFound) {
                    resolve(response);
                }
                // get the result from the body
                function dateTimeDeserializer(key, value) {
                    if (typeof value === 'string') {
                        const a = new Date(value);
                        if (!isNaN(a.valueOf())) {
                            return a;
                        }
                    }
                    return value;
                }
                let obj;
                let contents;
                try {
                    contents = yield res.readBody();
                    if (contents && contents.length > 0) {
                        if (options && options.deserializeDates) {
                            obj = JSON.parse(contents, dateTimeDeserializer);
                        }
                        else {
                            obj = JSON.parse(contents);
                        }
                        response.result = obj;
                    }
                    response.headers = res.message.headers;
                }
                catch (err) {
                    // Invalid resource (contents not json);  leaving result obj null
                }
                // note that 3xx redirects are handled by the http layer.
                if (statusCode > 299) {
                    let msg;
                    // if exception/error in body, attempt to get better error
                    if (obj && obj.message) {
                        msg = obj.message;
                    }
                    else if (contents && contents.length > 0) {
                        // it may be the case that the exception is in the body message as string
                        msg = contents;
                    }
                    else {
                        msg = `Failed request: (${statusCode})`;
                    }
                    const err = new HttpClientError(msg, statusCode);
                    err.result = response.result;
                    reject(err);
                }
                else {
                    resolve(response);
                }
            }));
        });
    }
}
const lowercaseKeys = (obj) => Object.keys(obj).reduce((c, k) => ((c[k.toLowerCase()] = obj[k]), c), {});
//# sourceMappingURL=index.js.map

/***/ })

/******/ 	});
/************************************************************************/
/******/ 	// The module cache
/******/ 	var __webpack_module_cache__ = {};
/******/ 	
/******/ 	// The require function
/******/ 	function __nccwpck_require__(moduleId) {
/******/ 		// Check if module is in cache
/******/ 		var cachedModule = __webpack_module_cache__[moduleId];
/******/ 		if (cachedModule !== undefined) {
/******/ 			return cachedModule.exports;
/******/ 		}
/******/ 		// Create a new module (and put it into the cache)
/******/ 		var module = __webpack_module_cache__[moduleId] = {
/******/ 			// no module.id needed
/******/ 			// no module.loaded needed
/******/ 			exports: {}
/******/ 		};
/******/ 	
/******/ 		// Execute the module function
/******/ 		var threw = true;
/******/ 		try {
/******/ 			__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 			threw = false;
/******/ 		} finally {
/******/ 			if(threw) delete __webpack_module_cache__[moduleId];
/******/ 		}
/******/ 	
/******/ 		// Return the exports of the module
/******/ 		return module.exports;
/******/ 	}
/******/ 	
/************************************************************************/
/******/ 	/* webpack/runtime/asset-relocator-loader */
/******/ 	if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = __dirname + "/";
/******/ 	
/******/ 	/* webpack/runtime/compat get default export */
/******/ 	(() => {
/******/ 		// getDefaultExport function for compatibility with non-harmony modules
/******/ 		__nccwpck_require__.n = (module) => {
/******/ 			var getter = module && module.__esModule ?
/******/ 				() => (module['default']) :
/******/ 				() => (module);
/******/ 			__nccwpck_require__.d(getter, { a: getter });
/******/ 			return getter;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/create fake namespace object */
/******/ 	(() => {
/******/ 		var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 		var leafPrototypes;
/******/ 		// create a fake namespace object
/******/ 		// mode & 1: value is a module id, require it
/******/ 		// mode & 2: merge all properties of value into the ns
/******/ 		// mode & 4: return value when already ns object
/******/ 		// mode & 16: return value when it's Promise-like
/******/ 		// mode & 8|1: behave like require
/******/ 		__nccwpck_require__.t = function(value, mode) {
/******/ 			if(mode & 1) value = this(value);
/******/ 			if(mode & 8) return value;
/******/ 			if(typeof value === 'object' && value) {
/******/ 				if((mode & 4) && value.__esModule) return value;
/******/ 				if((mode & 16) && typeof value.then === 'function') return value;
/******/ 			}
/******/ 			var ns = Object.create(null);
/******/ 			__nccwpck_require__.r(ns);
/******/ 			var def = {};
/******/ 			leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 			for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 				Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 			}
/******/ 			def['default'] = () => (value);
/******/ 			__nccwpck_require__.d(ns, def);
/******/ 			return ns;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/define property getters */
/******/ 	(() => {
/******/ 		// define getter functions for harmony exports
/******/ 		__nccwpck_require__.d = (exports, definition) => {
/******/ 			for(var key in definition) {
/******/ 				if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 					Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 				}
/******/ 			}
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/hasOwnProperty shorthand */
/******/ 	(() => {
/******/ 		__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/make namespace object */
/******/ 	(() => {
/******/ 		// define __esModule on exports
/******/ 		__nccwpck_require__.r = (exports) => {
/******/ 			if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 				Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 			}
/******/ 			Object.defineProperty(exports, '__esModule', { value: true });
/******/ 		};
/******/ 	})();
/******/ 	
/************************************************************************/
var __webpack_exports__ = {};
// This entry need to be wrapped in an IIFE because it need to be in strict mode.
(() => {
"use strict";

// NAMESPACE OBJECT: ./node_modules/@actions/core/lib/platform.js
var platform_namespaceObject = {};
__nccwpck_require__.r(platform_namespaceObject);
__nccwpck_require__.d(platform_namespaceObject, {
  arch: () => (arch),
  getDetails: () => (getDetails),
  isLinux: () => (isLinux),
  isMacOS: () => (isMacOS),
  isWindows: () => (isWindows),
  platform: () => (platform)
});

// NAMESPACE OBJECT: ./node_modules/@actions/core/lib/core.js
var core_namespaceObject = {};
__nccwpck_require__.r(core_namespaceObject);
__nccwpck_require__.d(core_namespaceObject, {
  ExitCode: () => (ExitCode),
  addPath: () => (addPath),
  debug: () => (debug),
  endGroup: () => (endGroup),
  error: () => (error),
  exportVariable: () => (exportVariable),
  getBooleanInput: () => (getBooleanInput),
  getIDToken: () => (getIDToken),
  getInput: () => (core_getInput),
  getMultilineInput: () => (getMultilineInput),
  getState: () => (core_getState),
  group: () => (group),
  info: () => (info),
  isDebug: () => (isDebug),
  markdownSummary: () => (markdownSummary),
  notice: () => (notice),
  platform: () => (platform_namespaceObject),
  saveState: () => (saveState),
  setCommandEcho: () => (setCommandEcho),
  setFailed: () => (setFailed),
  setOutput: () => (setOutput),
  setSecret: () => (setSecret),
  startGroup: () => (startGroup),
  summary: () => (summary),
  toPlatformPath: () => (toPlatformPath),
  toPosixPath: () => (toPosixPath),
  toWin32Path: () => (toWin32Path),
  warning: () => (warning)
});

;// CONCATENATED MODULE: ./build/snapshots/polling/schedule.js
/**
 * The spans, pauses and budgets of what the actions wait for, in milliseconds. `docs/timing.md` says of each number what it
 * is for, and names those that stand elsewhere: the client's own, and the heartbeat.
 *
 * A **budget** is never scaled. A **span** protects: something has to stand that long, and in enough answered reads. A
 * **pause** lies between two reads or requests. Spans and pauses shrink with `poll_interval` for an API on this machine.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** How long an operation may take in all. */
const BUDGETS = {
    /** Main: inputs, list, server and plan, before anything is changed. */
    beforeChange: 2 * MINUTE,
    /** A stop, from its request until it is confirmed. */
    stop: 5 * MINUTE,
    /** A start, the same: the API may refuse one while it makes a snapshot, which takes up to 10 minutes. */
    start: 15 * MINUTE,
    /** The snapshots that `snapshot_first` takes. */
    undo: 30 * MINUTE,
    /** Clean-up, `delete` and `prune`. */
    cleanUp: 5 * MINUTE,
    /** All post steps together after a cancel: the runner allows about 4 min 45 s. */
    afterCancel: 4 * MINUTE,
};
/** One more read beyond the budget of its step, which makes a message or a decision truer. */
const EXTRA_READ_MS = 5 * SECOND;
/** How long something has to stand before it counts. */
const SPANS = {
    /** A refusal of a read, before it is believed; `firstRefusal` at the first read of a step. */
    refusal: 60 * SECOND,
    firstRefusal: 3 * SECOND,
    /** A snapshot that was listed and is missing from complete lists: gone. */
    gone: 30 * SECOND,
    /** An accepted snapshot that no list shows: worth a warning. */
    notListed: 2 * MINUTE,
    /** A snapshot id that a person typed and complete lists do not show: wrong. */
    wrongId: 2 * MINUTE,
    /** A restore that nothing shows to have started: said, and watched on. */
    restoreStart: 2 * MINUTE,
    /** Nothing of a restore shows after an unclear answer to its request. */
    unclearRestore: 60 * SECOND,
    /** `active` after a restore: ended. The longer one where `restoring` was never seen, or two requests were sent. */
    restoreEnd: 15 * SECOND,
    uncertainRestoreEnd: 90 * SECOND,
    /** `stopped` and never `restoring` after a request that was answered with `restoring`: it has ended stopped. */
    unseenRestore: 15 * MINUTE,
    /** A 400 to a restore request while the server rests: the API means it. */
    badRequest: 2 * MINUTE,
    /** A server word that nobody knows and that does not change: a restore is requested anyway. */
    unknownWord: 2 * MINUTE,
    /** After a rotation a 400 means that the server is still counted as full. */
    rotation: 60 * SECOND,
    /** A start is repeated this often until the server is up. */
    startAgain: 30 * SECOND,
    /** `active` after a start where `stopped` was never seen, and how long an accepted stop may still take effect. */
    activeAgain: 60 * SECOND,
    lateStop: 6 * MINUTE,
    /** Complete lists show what became of a DELETE that was not answered with 204. */
    deletion: 60 * SECOND,
    /** One list for all servers that does not come is given up in favour of one request for each. */
    sharedRead: 20 * SECOND,
    /** What a safety check rests on may be this old. */
    freshness: 15 * SECOND,
};
/** Reads that each span rests on at the least, however short it is. */
const LEAST_READS = 4;
/** A read may be stale: so many in a row are believed where nothing has to stand for a span. */
const CERTAIN_READS = 2;
/** Complete lists, one fast poll apart, that must not show a snapshot after a lost answer to its request. */
const LOST_ANSWER_READS = {
    /** The request was not carried out. */
    usual: 5,
    /** After a time-out, a 504 or a killed process: the server may still be at work on it. */
    slow: 20,
};
const FAST_POLL = 3 * SECOND;
/** The longest pause while something is uncertain, whatever `poll_interval` says. */
const LONGEST_FAST_POLL = 4 * SECOND;
const HEALTH_PAUSE = 5 * SECOND;
const RESEND_PAUSE = 15 * SECOND;
const SPARSE_PAUSE = 15 * SECOND;
const DENSE_PAUSE = 4.75 * SECOND;
const FIRST_BACKOFF = SECOND;
const LONGEST_BACKOFF = 20 * SECOND;
/** What the pause grows to before the documented time begins, as a part of the time that has passed. */
const RAMP = 0.1;
/** When the documented work usually ends, counted from its start. */
const EXPECTED = {
    snapshot: { from: 3 * MINUTE, to: 10 * MINUTE },
    restore: { from: 5 * MINUTE, to: 15 * MINUTE },
};
/**
 * The schedule for a `poll_interval` in ms, or `null` for the adaptive one. For an API on this machine everything
 * but budgets shrinks with it, in the proportion of one fast poll to 3 s.
 */
function createSchedule(pollInterval, isLoopback) {
    const scale = isLoopback && pollInterval !== null ? Math.min(1, pollInterval / FAST_POLL) : 1;
    return {
        work: (kind, elapsed) => pollInterval ?? adaptivePause(kind, elapsed),
        fastPoll: Math.min(pollInterval ?? FAST_POLL, LONGEST_FAST_POLL),
        health: pollInterval ?? HEALTH_PAUSE,
        resend: RESEND_PAUSE * scale,
        span: (name) => SPANS[name] * scale,
        backoff: (tries, random) => random * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** tries) * scale,
        scale,
    };
}
/** A ramp before the documented time, dense within it, sparse after it. */
function adaptivePause(kind, elapsed) {
    const { from, to } = EXPECTED[kind];
    if (elapsed < from)
        return Math.min(SPARSE_PAUSE, Math.max(FAST_POLL, elapsed * RAMP));
    return elapsed < to ? DENSE_PAUSE : SPARSE_PAUSE;
}
/**
 * One more read that shows the same; `null` begins anew. It was answered at `now` and sent at `readAt`, and shows some
 * instant between: what stands began by `now` at the latest, and has stood until `readAt` at the least.
 */
function stand(standing, now, readAt = now) {
    return { since: standing?.since ?? now, until: readAt, reads: (standing?.reads ?? 0) + 1 };
}
/** Whether it has stood for `span` milliseconds, and in {@link LEAST_READS} reads. */
function hasStood(standing, span) {
    return standing !== null && standing.reads >= LEAST_READS && standing.until - standing.since >= span;
}

;// CONCATENATED MODULE: ./build/vps/text.js
/** The text with a capital letter first, as a sentence begins. */
function capitalize(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
}
/** Longest piece of API text that is kept for people. */
const TEXT_LIMIT = 300;
/** Whether a body is HTML, which the API never gives: a proxy or a firewall answered in its place. */
function isWebPage(body) {
    return /^\s*<(!doctype|html)\b/i.test(body);
}
/**
 * API text as one line without control characters, terminal escapes, bidi marks or other invisible
 * characters, cut to a length that fits a log line. It may still hold Markdown: whoever renders it escapes it.
 */
function cleanText(text, limit = TEXT_LIMIT) {
    const line = text
        // Cut before the work as well: the text may have megabytes.
        .slice(0, limit * 4)
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu, ' ')
        .replace(/ {2,}/g, ' ')
        .trim();
    return line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

;// CONCATENATED MODULE: ./build/vps/transport.js
/** One HTTP exchange, without an opinion on what its status means. */
/** What may be wrong with a certificate. */
const CERTIFICATE_PROBLEMS = {
    expired: 'it has expired',
    notYetValid: 'it is not valid yet',
    revoked: 'it was revoked',
    otherHost: 'it is for another host',
    unknownAuthority: 'it is signed by an authority that this runner does not know',
};
class TransportError extends Error {
    name = 'TransportError';
    kind;
    /** What was wrong with the certificate, the handshake or the proxy, as a clause; where it is known. */
    reason;
    constructor(kind, message, { reason, ...options } = {}) {
        super(message, options);
        this.kind = kind;
        this.reason = reason;
    }
}

;// CONCATENATED MODULE: ./build/vps/diagnosis.js


/** All of it as the message of an error. */
function describeDiagnosis(fields, { problem, advice }) {
    const request = describeRequest(fields);
    if (fields.kind === 'http' || fields.kind === 'malformed')
        return problem === '' ? request : `${request}. ${capitalize(problem)}: ${advice}`;
    return `${request}: ${problem}${advice === '' ? '' : `; ${advice}`}`;
}
/** The request, and what it was answered with where it was. */
function describeRequest({ kind, method, path, status, detail }) {
    const reason = detail ? `: ${withoutDot(detail)}` : '';
    const request = `${method} ${path}`;
    const answer = status ?? 'no status';
    if (kind === 'http')
        return `${request} was answered with ${answer}${reason}`;
    if (kind === 'malformed')
        return `${request}: the answer (${answer}) is not what the VPS.org API documents${reason}`;
    return request;
}
/** The API's own reason as a part of a sentence; empty where it gave none. */
function quoteDetail({ detail }) {
    return detail ? ` (${withoutDot(detail)})` : '';
}
function withoutDot(text) {
    return text.replace(/\.$/, '');
}
const PRIVATE_AUTHORITY = 'for a private authority set NODE_EXTRA_CA_CERTS';
const CERTIFICATE_ADVICE = new Map([
    [CERTIFICATE_PROBLEMS.expired, 'whoever runs the server has to renew it'],
    [CERTIFICATE_PROBLEMS.notYetValid, "check the runner's clock"],
    [CERTIFICATE_PROBLEMS.otherHost, "check 'api_url'"],
    [CERTIFICATE_PROBLEMS.revoked, 'whoever runs the server has to renew it'],
]);
function diagnose(fields) {
    const { kind } = fields;
    const reason = fields.reason === undefined ? '' : ` (${fields.reason})`;
    switch (kind) {
        case 'http':
            return diagnoseStatus(fields);
        case 'malformed':
            return fields.isHtml === true ? WEB_PAGE : NOTHING;
        case 'refused':
            return { problem: 'the connection was refused', advice: "check 'api_url' and whether the API is up" };
        case 'unresolved':
            return {
                problem: 'the host name could not be resolved',
                advice: "check 'api_url' and the runner's network",
            };
        case 'connect_timeout':
            return {
                problem: 'no connection in time, so nothing was sent',
                advice: "check 'api_url', the runner's network and its proxy",
            };
        case 'handshake':
            return {
                problem: `the TLS connection could not be set up${reason}, so nothing was sent`,
                advice: "check 'api_url' and what stands between the runner and it",
            };
        case 'certificate':
            return {
                problem: `the server's certificate was not accepted${reason}, so nothing was sent`,
                advice: CERTIFICATE_ADVICE.get(fields.reason) ?? PRIVATE_AUTHORITY,
            };
        case 'proxy':
            return {
                problem: `the proxy did not connect to the API${reason}, so nothing was sent`,
                advice: 'check HTTPS_PROXY and NO_PROXY of the runner',
            };
        case 'proxy_auth':
            return {
                problem: 'the proxy asks for a login (407), so nothing was sent',
                advice: 'give it in HTTPS_PROXY as http://user:password@host:port, or exclude the API with NO_PROXY',
            };
        case 'reset':
            return { problem: 'the connection was lost before the answer was complete', advice: '' };
        case 'cut':
            return { problem: 'the answer was cut short', advice: '' };
        case 'timeout':
            return { problem: 'no complete answer in time', advice: '' };
        case 'too_large':
            return { problem: 'the answer is larger than 10 MiB and was not read', advice: '' };
        case 'deadline':
            return {
                problem: `not sent, the time for this operation is up${quoteDetail(fields)}`,
                advice: '',
            };
        case 'unsafe_id':
            return { problem: 'not sent, the id cannot be used safely', advice: '' };
        case 'cancelled':
            return { problem: 'not sent or not waited for, because the job was cancelled', advice: '' };
    }
}
/** What a call is for, in the words of a permission. */
function purposeOf({ method, path }) {
    const [, resource, , call] = path.split('/');
    if (resource === 'servers')
        return call === 'power' ? 'to start and stop servers' : 'to read servers';
    if (method === 'GET')
        return 'to read snapshots';
    if (method === 'DELETE')
        return 'to delete snapshots';
    return call === 'restore' ? 'to restore snapshots' : 'to make snapshots';
}
const NOTHING = { problem: '', advice: '' };
const WEB_PAGE = {
    problem: 'the answer is a web page, which most likely does not come from the API but from a proxy or a firewall before it',
    advice: "check 'api_url', which normally ends in /api/v1; if it is right, let whoever runs the proxy or firewall allow this runner",
};
function diagnoseStatus(fields) {
    const { status = 0 } = fields;
    if (fields.isHtml === true && status < 500)
        return WEB_PAGE;
    switch (status) {
        case 401:
            return {
                problem: 'the API token is wrong, revoked or expired',
                advice: "create a new one at VPS.org (Account → Developers) and store it as the secret that 'api_token' names",
            };
        case 403:
            return {
                problem: `the API token lacks a permission for this call, likely ${purposeOf(fields)}`,
                advice: 'give it at VPS.org (Account → Developers), or use another token',
            };
        case 404:
            return /^\/snapshots\/(\?|$)/.test(fields.path) && fields.method === 'GET'
                ? { problem: 'there is no such address', advice: "check 'api_url', which normally ends in /api/v1" }
                : NOTHING;
        case 429:
            return {
                problem: 'the API limits the number of requests',
                advice: 'try again later, or use a longer poll_interval',
            };
        default:
            if (status >= 500)
                return { problem: 'the API or a proxy in front of it has a problem', advice: 'try again later' };
            if (status >= 300 && status < 400)
                return {
                    problem: 'the API answered with a redirect, which is not followed',
                    advice: "check 'api_url'",
                };
            return NOTHING;
    }
}

;// CONCATENATED MODULE: ./build/vps/errors.js

/** The one error of the API client. Callers decide from its fields, never from its text. */
class VpsError extends Error {
    name = 'VpsError';
    kind;
    method;
    path;
    status;
    isHtml;
    isStray;
    detail;
    reason;
    retryAfter;
    diagnosis;
    /** The request and its answer alone, without the diagnosis that the message has. */
    request;
    constructor(fields, options) {
        const tries = fields.tries === undefined ? '' : ` (tried ${fields.tries} times)`;
        const diagnosis = diagnose(fields);
        super(describeDiagnosis(fields, diagnosis) + tries, options);
        this.diagnosis = diagnosis;
        this.request = describeRequest(fields) + tries;
        this.kind = fields.kind;
        this.method = fields.method;
        this.path = fields.path;
        this.status = fields.status;
        this.isHtml = fields.isHtml === true;
        this.isStray = fields.isStray === true;
        this.detail = fields.detail;
        this.reason = fields.reason;
        this.retryAfter = fields.retryAfter;
    }
    /** The same error, saying how often it was met, and whether it is a refusal that did not stand long enough. */
    tried(tries, isStray = false) {
        const { kind, method, path, status, isHtml, detail, reason, retryAfter } = this;
        const known = { kind, method, path, status, isHtml, detail, reason, retryAfter, isStray };
        return new VpsError({ ...known, ...(tries > 1 && { tries }) }, { cause: this.cause });
    }
}
/**
 * Whether the API refused the request, cannot have carried it out, or may have.
 * A 5xx says nothing: a proxy gives it while the server behind is at work.
 */
function outcomeOf(error) {
    switch (error.kind) {
        case 'refused':
        case 'unresolved':
        case 'connect_timeout':
        case 'handshake':
        case 'certificate':
        case 'proxy':
        case 'proxy_auth':
        case 'deadline':
        case 'cancelled':
        case 'unsafe_id':
            return 'not_done';
        case 'http':
            return outcomeOfStatus(error.status ?? 0);
        case 'reset':
        case 'timeout':
        case 'cut':
        case 'too_large':
        case 'malformed':
            return 'unclear';
    }
}
function outcomeOfStatus(status) {
    // A redirect is not followed, so that nothing was carried out, wherever it leads.
    if (status === 423 || status === 429 || (status >= 300 && status < 400))
        return 'not_done';
    return status >= 400 && status < 500 && status !== 408 ? 'refused' : 'unclear';
}
/**
 * Whether a change was certainly not carried out, and the same request may be taken a moment later: the state of a
 * server, a limit or the way to the API is the cause.
 */
function isMomentary(error) {
    if (outcomeOf(error) === 'unclear')
        return false;
    if (error.kind === 'http') {
        const { status = 0 } = error;
        return (status === 400 || status === 409 || status === 423 || status === 429 || (error.isHtml && status >= 400));
    }
    return !['deadline', 'cancelled', 'unsafe_id'].includes(error.kind);
}
/** Whether the server may still be at work on a request with an unclear answer. */
function isSlow(error) {
    return error.kind === 'timeout' || error.status === 504;
}
/** Whether the API does not let this token ask, or has no such call; it does not tell the two apart. */
function isDenied(error) {
    if (!(error instanceof VpsError) || error.isHtml || error.isStray)
        return false;
    const { status } = error;
    return status === 401 || status === 403 || status === 404 || status === 405;
}
/** Whether a call was not sent because the API limits the number of requests, whatever they are about. */
function isLimited(error) {
    return error instanceof VpsError && error.kind === 'deadline' && error.status === 429;
}
/** Whether the same question may have another answer later: an outage, not a refusal. */
function isTransient(error) {
    if (error.isHtml || error.isStray)
        return true;
    if (error.kind === 'http') {
        const { status = 0 } = error;
        return status === 408 || status === 409 || status === 423 || status === 429 || status >= 500;
    }
    return !['certificate', 'proxy_auth', 'cancelled', 'unsafe_id', 'malformed', 'too_large'].includes(error.kind);
}

;// CONCATENATED MODULE: ./build/github/guide.js
/** Addresses in the troubleshooting guide of the very version of the action that runs. */
const GUIDE = 'docs/troubleshooting.md';
const REPOSITORY = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;
const REF = /^[A-Za-z0-9_.\-/]{1,200}$/;
/**
 * The guide's address; empty where the runner does not say which repository the action comes from (`uses: ./`), or on a
 * forge whose pages have other addresses.
 */
function guideUrl(env) {
    const get = (name) => env[name]?.trim() ?? '';
    const server = URL.parse(get('GITHUB_SERVER_URL'));
    // Of an action in a folder the runner says the folder, too.
    const repository = get('GITHUB_ACTION_REPOSITORY').split('/').slice(0, 2).join('/');
    const ref = get('GITHUB_ACTION_REF');
    if (server === null || isOtherForge(env) || !REPOSITORY.test(repository) || !REF.test(ref))
        return '';
    return `${server.origin}/${repository}/blob/${ref}/${GUIDE}`;
}
/** Gitea or Forgejo, whose pages have other addresses than the runner's variables make up. */
function isOtherForge(env) {
    return [env['GITEA_ACTIONS'], env['FORGEJO_ACTIONS']].some((value) => (value?.trim() ?? '') !== '');
}
/** The address of a title's entry, as the forge makes it of the heading; empty without a guide. */
function entryUrl(guide, title) {
    return guide === '' ? '' : `${guide}#${anchorOf(title)}`;
}
function anchorOf(heading) {
    return heading
        .toLowerCase()
        .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
        .replaceAll(' ', '-');
}

;// CONCATENATED MODULE: ./build/github/log.js

/** The runner shows ten annotations of a kind for a step; the rest would vanish, so it goes to the log. */
const MOST_ANNOTATIONS = 9;
function createLog(runner, clock, job = { guideUrl: '' }) {
    const events = [];
    const alerts = [];
    const linkTo = (title) => entryUrl(job.guideUrl, title);
    const annotate = (kind, title, text, more = {}) => {
        const lines = [text, more.command, more.details, linkTo(title)];
        const whole = lines.filter((line) => line !== undefined && line !== '').join('\n');
        if (alerts.filter((a) => a.kind === kind).length < MOST_ANNOTATIONS)
            runner.annotate(kind, title, whole);
        else
            runner.write(`${kind}: ${title}: ${whole}`);
        alerts.push({ kind, title, text, ...more });
    };
    return {
        info: (text) => runner.write(text),
        debug: (text) => runner.debug(text),
        event(subject, text, forNow = '') {
            events.push({ at: clock.wall(), subject, text });
            runner.write(`${subject === '' ? '' : `${subject}: `}${forNow}${text}`);
        },
        group(title, lines) {
            runner.startGroup(title);
            for (const line of lines)
                runner.write(line);
            runner.endGroup();
        },
        notice: (title, text, more) => annotate('notice', title, text, more),
        warning: (title, text, more) => annotate('warning', title, text, more),
        error: (title, text, more) => annotate('error', title, text, more),
        events: () => events,
        alerts: () => alerts,
        linkTo,
    };
}
/** What was thrown, without what caused it. */
function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
}
/** An error with everything that caused it, outermost first, each message once. */
function describeError(error) {
    const messages = [];
    for (let cause = error, depth = 0; cause !== undefined && cause !== null && depth < 6; depth += 1) {
        const message = cause instanceof Error ? cause.message || cause.name : JSON.stringify(cause);
        if (!messages.some((known) => known.includes(message)))
            messages.push(message);
        cause = cause instanceof Error ? cause.cause : undefined;
    }
    return messages.join('\n  caused by: ');
}

;// CONCATENATED MODULE: ./build/github/inputs/spelling.js
/** Shorter names are too like one another. */
const SHORTEST = 5;
const MOST_EDITS = 2;
/** The inputs as the runner passes them on: of one that the action does not have it only warns. */
function givenInputs(env) {
    const inputs = Object.entries(env).filter(([name]) => name.startsWith('INPUT_'));
    return new Map(inputs.map(([name, value = '']) => [name.slice('INPUT_'.length).toLowerCase(), value]));
}
/**
 * The given inputs that the action does not have, and that are spelled almost like one that it has. One with the same
 * value as that is none: under some runners a composite action's own inputs reach its steps.
 */
function findMisspellings(given, known) {
    return [...given].flatMap(([name, value]) => {
        if (value === '' || known.has(name))
            return [];
        const [meant] = [...known.keys()]
            .map((candidate) => ({ candidate, edits: countEdits(plain(name), plain(candidate)) }))
            .filter(({ candidate, edits }) => edits === 0 || (edits <= MOST_EDITS && candidate.length >= SHORTEST))
            .toSorted((a, b) => a.edits - b.edits);
        return meant === undefined || known.get(meant.candidate) === value
            ? []
            : [{ given: name, meant: meant.candidate }];
    });
}
function plain(name) {
    return name.replace(/[-_ ]/g, '');
}
/** Letters to add, drop or change (Levenshtein). */
function countEdits(from, to) {
    let row = Array.from({ length: to.length + 1 }, (_, column) => column);
    for (let line = 1; line <= from.length; line += 1) {
        const next = [line];
        for (let column = 1; column <= to.length; column += 1) {
            const change = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
            next.push(Math.min(change, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
        }
        row = next;
    }
    return row[to.length] ?? 0;
}

;// CONCATENATED MODULE: ./build/github/format.js
/** Durations, sizes and times as people read them. */
/** Milliseconds of each unit of a duration that a user types. */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** The shortest exact form of a duration in milliseconds: `90000` gives `90s`, `1800000` gives `30m`. */
function formatDuration(ms) {
    for (const unit of ['d', 'h', 'm', 's']) {
        if (ms >= UNITS[unit] && ms % UNITS[unit] === 0 && (unit !== 's' || ms < 10 * UNITS.m))
            return `${ms / UNITS[unit]}${unit}`;
    }
    return ms < UNITS.s ? `${Math.round(ms)}ms` : format_formatElapsed(ms);
}
/** A measured time: `4m 05s`. */
function format_formatElapsed(ms) {
    const seconds = Math.floor(ms / 1000);
    if (seconds < 60)
        return `${seconds}s`;
    const rest = String(seconds % 60).padStart(2, '0');
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (hours >= 48)
        return `${Math.floor(hours / 24)}d ${hours % 24}h`;
    return minutes < 60 ? `${minutes}m ${rest}s` : `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
}
/** An instant, in UTC to the second. */
function formatTime(epochMs) {
    return `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
/** The time of day of an instant, in UTC to the minute. */
function formatClock(epochMs) {
    return `${new Date(epochMs).toISOString().slice(11, 16)} UTC`;
}
/** Megabytes. */
function formatSize(sizeMb) {
    if (sizeMb === null)
        return '–';
    return sizeMb >= 1024 ? `${(sizeMb / 1024).toFixed(1)} GB` : `${sizeMb} MB`;
}
/** A span of time in whole minutes, rounded up: `14 min`, `2 h 05 min`, `3 d 4 h`. */
function formatMinutes(ms) {
    const minutes = Math.max(1, Math.ceil(ms / UNITS.m));
    if (minutes < 120)
        return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 48)
        return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
    return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

;// CONCATENATED MODULE: ./build/vps/model.js
/** What the API says, after the schema check. Texts are cleaned of control characters, but not trusted. */
/** A list of more pages is not read to its end. */
const MOST_PAGES = 50;
/** Whether the API gave it an id that can be named. */
function hasId(snapshot) {
    return snapshot.id !== null;
}
/** Ids, typed or received, that may stand in a path: letters and digits first, so that no path segment folds. */
const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** Whether this snapshot may be named in a request that changes something. */
function isAddressable(snapshot) {
    return snapshot.idIsLossless && snapshot.id !== null && ID_PATTERN.test(snapshot.id);
}
/** Epoch milliseconds of an ISO 8601 time with a zone; one without says no instant. */
function parseTime(value) {
    if (value === null ||
        !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(value))
        return null;
    const time = Date.parse(value.replace(' ', 'T'));
    return Number.isNaN(time) ? null : time;
}

;// CONCATENATED MODULE: ./build/github/inputs/values.js


/** Parsers of single input values: each gives the final type or throws an `Error` that shows the right form. */
/** Longer than any workflow run may take (35 days); above it a number is a mistake. */
const LONGEST = 36 * UNITS.d;
/** `90s`, `1.5h`, … in milliseconds. */
function parseDuration(text, range = {}) {
    const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
    if (!match) {
        if (/^\d{1,9}$/.test(text)) {
            throw new Error(`${quote(text)} has no unit: write ${text}s for seconds, ${text}m for minutes, ${text}h for hours or ${text}d for days`);
        }
        throw new Error(`${quote(text)} is not a duration: write a number with ms, s, m, h or d, such as 90s or 30m`);
    }
    const duration = Number(match[1]) * UNITS[match[2]];
    const { min = 1, max = LONGEST } = range;
    if (duration < min)
        throw new Error(`${quote(text)} is too short: at least ${formatDuration(min)}`);
    if (duration > max)
        throw new Error(`${quote(text)} is too long: at most ${formatDuration(max)}`);
    return duration;
}
/** YAML 1.2 core: `true`, `True`, `TRUE`, `false`, `False`, `FALSE`. */
function parseBoolean(text) {
    if (/^(true|True|TRUE)$/.test(text))
        return true;
    if (/^(false|False|FALSE)$/.test(text))
        return false;
    throw new Error(`${quote(text)} is not a boolean: write true or false`);
}
function parseChoice(text, choices) {
    const choice = choices.find((c) => c === text);
    if (choice === undefined)
        throw new Error(`${quote(text)} is not one of ${choices.join(', ')}`);
    return choice;
}
/** A whole number in a range. */
function parseCount(text, min, max) {
    const count = Number(text);
    if (!/^\d{1,9}$/.test(text) || count < min || count > max) {
        throw new Error(`${quote(text)} is not a whole number from ${min} to ${max}`);
    }
    return count;
}
/** Words between commas, spaces or line breaks; repeats and empty elements are dropped. */
function splitWords(text) {
    return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))];
}
/** An id as people write it: `#801`, `"801"` and `0801` mean 801; quotes may stand around a whole list, too. */
function tidyId(word) {
    return word
        .replace(/^["']|["']$/g, '')
        .replace(/^#/, '')
        .replace(/^0+(?=\d+$)/, '');
}
function refuseYamlList(words) {
    if (!words.some((word) => word.startsWith('-')))
        return;
    const ids = words.map((word) => tidyId(word.replace(/^-+/, ''))).filter((id) => ID_PATTERN.test(id));
    const example = ids.length === 0 ? '12345, 12346' : ids.slice(0, 3).join(', ');
    throw new Error(`it looks like a YAML list pasted as text; write the ids with commas between them: ${example}`);
}
function parseWords(text, pattern, most, complaint) {
    const words = splitWords(text);
    refuseYamlList(words);
    const ids = [...new Set(words.map(tidyId))];
    const wrong = ids.filter((id) => !pattern.test(id));
    if (wrong.length === 0)
        return ids;
    throw new Error(`${wrong.map(quote).join(', ')} ${complaint}: letters, digits, '-' and '_', at most ${most} of them, a letter or digit first`);
}
/** Ids between commas, spaces or line breaks; repeats and empty elements are dropped. */
function parseIds(text) {
    return parseWords(text, ID_PATTERN, 64, 'cannot be an id');
}
/** Ids or names of snapshots. */
function parseSnapshotWords(text) {
    return parseWords(text, /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 100, 'is neither an id nor a name');
}
/** Whether a host name means this machine, where plain http carries a token to nobody else. */
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
/** The API's address without a slash at its end: https, or http to this machine. */
function values_parseApiUrl(text) {
    const url = URL.parse(text);
    if (url === null)
        throw new Error(`${quote(text)} is not a URL`);
    const problems = [];
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
        problems.push(`${nameOf(url)} is not https: the token would be sent unencrypted`);
    if (hasUserInfo(url))
        problems.push('it contains a user name or password');
    if (text.includes('?') || text.includes('#'))
        problems.push('it contains a query or a fragment');
    if (problems.length > 0)
        throw new Error(problems.join('; '));
    return url.href.replace(/\/+$/, '');
}
/** Addresses to check after a restore, between commas, spaces or line breaks. */
function parseHealthUrls(text) {
    const words = splitWords(text);
    const problems = words.flatMap((word) => {
        const url = URL.parse(word);
        if (url === null)
            return [`${quote(word.split('?')[0] ?? '')} is not an http(s) URL`];
        const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
        return [
            ...(isWeb ? [] : [`${nameOf(url)} is not an http(s) URL`]),
            ...(hasUserInfo(url) ? [`${nameOf(url)} contains a user name or password`] : []),
        ];
    });
    if (problems.length > 0)
        throw new Error(problems.join('; '));
    return words.map((word) => new URL(word).href);
}
/** An address without what may be secret in it. */
function nameOf({ protocol, host }) {
    return quote(host === '' ? protocol : `${protocol}//${host}`);
}
function hasUserInfo({ username, password }) {
    return username !== '' || password !== '';
}
/** A token that can stand in a header; throws with what is likely wrong with it. */
function values_parseToken(text) {
    if (text === '') {
        throw new Error('it is empty. Usual causes: the secret is not set in this repository, organization or environment; its name is misspelt; or the workflow was started by a pull request from a fork or by Dependabot, which gets no secrets');
    }
    if (!/^[\x21-\x7e]+$/.test(text)) {
        throw new Error('it contains a space, a line break or another character that no token has; check how the secret was pasted');
    }
    return text;
}
/** A value in quotes, cut so that a pasted file does not fill the log. */
function quote(text) {
    return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

;// CONCATENATED MODULE: ./build/github/inputs/reader.js



/** All mistakes in the inputs, reported together; nothing has been sent. */
class InputError extends Error {
    name = 'InputError';
    constructor(problems) {
        const count = problems.length === 1 ? 'The inputs have a mistake' : `The inputs have ${problems.length} mistakes`;
        super(`${count}; nothing was sent to VPS.org:\n${problems.map((p) => `- ${p}`).join('\n')}`);
    }
}
const SHORTEST_POLL = 1000;
/** For the simulator, whose time runs faster. */
const SHORTEST_LOOPBACK_POLL = 100;
/**
 * Reads inputs one by one and collects what is wrong with them. An empty input means its default: a caller
 * that passes an unset variable on cannot tell the two apart.
 */
class reader_InputReader {
    problems = [];
    #known = new Map();
    #read;
    constructor(read) {
        this.#read = read;
    }
    #get(name) {
        const value = this.#read(name);
        this.#known.set(name, value);
        return value;
    }
    text(name) {
        return this.#get(name);
    }
    /** The parsed value, or `fallback` for an empty input and after a mistake. */
    read(name, fallback, parse) {
        const text = this.#get(name);
        if (text === '')
            return fallback;
        return this.attempt(name, fallback, () => parse(text));
    }
    attempt(name, fallback, parse) {
        try {
            return parse();
        }
        catch (error) {
            this.problem(name, messageOf(error));
            return fallback;
        }
    }
    problem(name, what) {
        this.problems.push(`'${name}': ${what}`);
    }
    /** A list of words; `whenEmpty` says what is wrong with an empty one, `null` that nothing is. */
    list(name, parse, whenEmpty) {
        const before = this.problems.length;
        const words = this.read(name, [], parse);
        if (words.length === 0 && whenEmpty !== null && this.problems.length === before)
            this.problem(name, whenEmpty);
        return words;
    }
    /** The host of `api_url` decides how short it may be: nobody is to poll the real API ten times a second. */
    pollInterval() {
        const { hostname = '' } = URL.parse(this.text('api_url')) ?? {};
        const min = isLoopback(hostname) ? SHORTEST_LOOPBACK_POLL : SHORTEST_POLL;
        return this.read('poll_interval', null, (text) => parseDuration(text, { min }));
    }
    /** Throws {@link InputError} if anything was wrong, with what was read or with what nobody read. */
    finish(inputs, given = givenInputs(process.env)) {
        for (const misspelling of findMisspellings(given, this.#known))
            this.problem(misspelling.given, `there is no such input: write '${misspelling.meant}'`);
        if (this.problems.length > 0)
            throw new InputError(this.problems);
        return inputs;
    }
}

;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = firstUse("node:fs");
;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = firstUse("node:fs/promises");
;// CONCATENATED MODULE: external "os"
const external_os_namespaceObject = firstUse("os");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/utils.js
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */
/**
 * Sanitizes an input into a string so it can be passed into issueCommand safely
 * @param input input to sanitize into a string
 */
function toCommandValue(input) {
    if (input === null || input === undefined) {
        return '';
    }
    else if (typeof input === 'string' || input instanceof String) {
        return input;
    }
    return JSON.stringify(input);
}
/**
 *
 * @param annotationProperties
 * @returns The command properties to send with the actual annotation command
 * See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
 */
function toCommandProperties(annotationProperties) {
    if (!Object.keys(annotationProperties).length) {
        return {};
    }
    return {
        title: annotationProperties.title,
        file: annotationProperties.file,
        line: annotationProperties.startLine,
        endLine: annotationProperties.endLine,
        col: annotationProperties.startColumn,
        endColumn: annotationProperties.endColumn
    };
}
//# sourceMappingURL=utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/command.js


/**
 * Issues a command to the GitHub Actions runner
 *
 * @param command - The command name to issue
 * @param properties - Additional properties for the command (key-value pairs)
 * @param message - The message to include with the command
 * @remarks
 * This function outputs a specially formatted string to stdout that the Actions
 * runner interprets as a command. These commands can control workflow behavior,
 * set outputs, create annotations, mask values, and more.
 *
 * Command Format:
 *   ::name key=value,key=value::message
 *
 * @example
 * ```typescript
 * // Issue a warning annotation
 * issueCommand('warning', {}, 'This is a warning message');
 * // Output: ::warning::This is a warning message
 *
 * // Set an environment variable
 * issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
 * // Output: ::set-env name=MY_VAR::some value
 *
 * // Add a secret mask
 * issueCommand('add-mask', {}, 'secretValue123');
 * // Output: ::add-mask::secretValue123
 * ```
 *
 * @internal
 * This is an internal utility function that powers the public API functions
 * such as setSecret, warning, error, and exportVariable.
 */
function issueCommand(command, properties, message) {
    const cmd = new Command(command, properties, message);
    process.stdout.write(cmd.toString() + external_os_namespaceObject.EOL);
}
function issue(name, message = '') {
    issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
    constructor(command, properties, message) {
        if (!command) {
            command = 'missing.command';
        }
        this.command = command;
        this.properties = properties;
        this.message = message;
    }
    toString() {
        let cmdStr = CMD_STRING + this.command;
        if (this.properties && Object.keys(this.properties).length > 0) {
            cmdStr += ' ';
            let first = true;
            for (const key in this.properties) {
                if (this.properties.hasOwnProperty(key)) {
                    const val = this.properties[key];
                    if (val) {
                        if (first) {
                            first = false;
                        }
                        else {
                            cmdStr += ',';
                        }
                        cmdStr += `${key}=${escapeProperty(val)}`;
                    }
                }
            }
        }
        cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
        return cmdStr;
    }
}
function escapeData(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A');
}
function escapeProperty(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A')
        .replace(/:/g, '%3A')
        .replace(/,/g, '%2C');
}
//# sourceMappingURL=command.js.map
;// CONCATENATED MODULE: external "crypto"
const external_crypto_namespaceObject = firstUse("crypto");
;// CONCATENATED MODULE: external "fs"
const external_fs_namespaceObject = firstUse("fs");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!external_fs_namespaceObject.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    external_fs_namespaceObject.appendFileSync(filePath, `${toCommandValue(message)}${external_os_namespaceObject.EOL}`, {
        encoding: 'utf8'
    });
}
function prepareKeyValueMessage(key, value) {
    const delimiter = `ghadelimiter_${external_crypto_namespaceObject.randomUUID()}`;
    const convertedValue = toCommandValue(value);
    // These should realistically never happen, but just in case someone finds a
    // way to exploit uuid generation let's not allow keys or values that contain
    // the delimiter.
    if (key.includes(delimiter)) {
        throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
    }
    if (convertedValue.includes(delimiter)) {
        throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
    }
    return `${key}<<${delimiter}${external_os_namespaceObject.EOL}${convertedValue}${external_os_namespaceObject.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
;// CONCATENATED MODULE: external "path"
const external_path_namespaceObject = firstUse("path");
// EXTERNAL MODULE: ./scripts/build/shims/http-client.cjs
var http_client = __nccwpck_require__(492);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/auth.js
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
class BasicCredentialHandler {
    constructor(username, password) {
        this.username = username;
        this.password = password;
    }
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return __awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class BearerCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Bearer ${this.token}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return __awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class PersonalAccessTokenCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`PAT:${this.token}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return __awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
//# sourceMappingURL=auth.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/oidc-utils.js
var oidc_utils_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



class OidcClient {
    static createHttpClient(allowRetry = true, maxRetry = 10) {
        const requestOptions = {
            allowRetries: allowRetry,
            maxRetries: maxRetry
        };
        return new http_client.HttpClient('actions/oidc-client', [new BearerCredentialHandler(OidcClient.getRequestToken())], requestOptions);
    }
    static getRequestToken() {
        const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
        if (!token) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_TOKEN env variable');
        }
        return token;
    }
    static getIDTokenUrl() {
        const runtimeUrl = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'];
        if (!runtimeUrl) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable');
        }
        return runtimeUrl;
    }
    static getCall(id_token_url) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            var _a;
            const httpclient = OidcClient.createHttpClient();
            const res = yield httpclient
                .getJson(id_token_url)
                .catch(error => {
                throw new Error(`Failed to get ID Token. \n 
        Error Code : ${error.statusCode}\n 
        Error Message: ${error.message}`);
            });
            const id_token = (_a = res.result) === null || _a === void 0 ? void 0 : _a.value;
            if (!id_token) {
                throw new Error('Response json body do not have ID Token field');
            }
            return id_token;
        });
    }
    static getIDToken(audience) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            try {
                // New ID Token is requested from action service
                let id_token_url = OidcClient.getIDTokenUrl();
                if (audience) {
                    const encodedAudience = encodeURIComponent(audience);
                    id_token_url = `${id_token_url}&audience=${encodedAudience}`;
                }
                debug(`ID token url is ${id_token_url}`);
                const id_token = yield OidcClient.getCall(id_token_url);
                setSecret(id_token);
                return id_token;
            }
            catch (error) {
                throw new Error(`Error message: ${error.message}`);
            }
        });
    }
}
//# sourceMappingURL=oidc-utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/summary.js
var summary_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { access, appendFile, writeFile } = external_fs_namespaceObject.promises;
const SUMMARY_ENV_VAR = 'GITHUB_STEP_SUMMARY';
const SUMMARY_DOCS_URL = 'https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-job-summary';
class Summary {
    constructor() {
        this._buffer = '';
    }
    /**
     * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
     * Also checks r/w permissions.
     *
     * @returns step summary file path
     */
    filePath() {
        return summary_awaiter(this, void 0, void 0, function* () {
            if (this._filePath) {
                return this._filePath;
            }
            const pathFromEnv = process.env[SUMMARY_ENV_VAR];
            if (!pathFromEnv) {
                throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
            }
            try {
                yield access(pathFromEnv, external_fs_namespaceObject.constants.R_OK | external_fs_namespaceObject.constants.W_OK);
            }
            catch (_a) {
                throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
            }
            this._filePath = pathFromEnv;
            return this._filePath;
        });
    }
    /**
     * Wraps content in an HTML tag, adding any HTML attributes
     *
     * @param {string} tag HTML tag to wrap
     * @param {string | null} content content within the tag
     * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
     *
     * @returns {string} content wrapped in HTML element
     */
    wrap(tag, content, attrs = {}) {
        const htmlAttrs = Object.entries(attrs)
            .map(([key, value]) => ` ${key}="${value}"`)
            .join('');
        if (!content) {
            return `<${tag}${htmlAttrs}>`;
        }
        return `<${tag}${htmlAttrs}>${content}</${tag}>`;
    }
    /**
     * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
     *
     * @param {SummaryWriteOptions} [options] (optional) options for write operation
     *
     * @returns {Promise<Summary>} summary instance
     */
    write(options) {
        return summary_awaiter(this, void 0, void 0, function* () {
            const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
            const filePath = yield this.filePath();
            const writeFunc = overwrite ? writeFile : appendFile;
            yield writeFunc(filePath, this._buffer, { encoding: 'utf8' });
            return this.emptyBuffer();
        });
    }
    /**
     * Clears the summary buffer and wipes the summary file
     *
     * @returns {Summary} summary instance
     */
    clear() {
        return summary_awaiter(this, void 0, void 0, function* () {
            return this.emptyBuffer().write({ overwrite: true });
        });
    }
    /**
     * Returns the current summary buffer as a string
     *
     * @returns {string} string of summary buffer
     */
    stringify() {
        return this._buffer;
    }
    /**
     * If the summary buffer is empty
     *
     * @returns {boolen} true if the buffer is empty
     */
    isEmptyBuffer() {
        return this._buffer.length === 0;
    }
    /**
     * Resets the summary buffer without writing to summary file
     *
     * @returns {Summary} summary instance
     */
    emptyBuffer() {
        this._buffer = '';
        return this;
    }
    /**
     * Adds raw text to the summary buffer
     *
     * @param {string} text content to add
     * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
     *
     * @returns {Summary} summary instance
     */
    addRaw(text, addEOL = false) {
        this._buffer += text;
        return addEOL ? this.addEOL() : this;
    }
    /**
     * Adds the operating system-specific end-of-line marker to the buffer
     *
     * @returns {Summary} summary instance
     */
    addEOL() {
        return this.addRaw(external_os_namespaceObject.EOL);
    }
    /**
     * Adds an HTML codeblock to the summary buffer
     *
     * @param {string} code content to render within fenced code block
     * @param {string} lang (optional) language to syntax highlight code
     *
     * @returns {Summary} summary instance
     */
    addCodeBlock(code, lang) {
        const attrs = Object.assign({}, (lang && { lang }));
        const element = this.wrap('pre', this.wrap('code', code), attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML list to the summary buffer
     *
     * @param {string[]} items list of items to render
     * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
     *
     * @returns {Summary} summary instance
     */
    addList(items, ordered = false) {
        const tag = ordered ? 'ol' : 'ul';
        const listItems = items.map(item => this.wrap('li', item)).join('');
        const element = this.wrap(tag, listItems);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML table to the summary buffer
     *
     * @param {SummaryTableCell[]} rows table rows
     *
     * @returns {Summary} summary instance
     */
    addTable(rows) {
        const tableBody = rows
            .map(row => {
            const cells = row
                .map(cell => {
                if (typeof cell === 'string') {
                    return this.wrap('td', cell);
                }
                const { header, data, colspan, rowspan } = cell;
                const tag = header ? 'th' : 'td';
                const attrs = Object.assign(Object.assign({}, (colspan && { colspan })), (rowspan && { rowspan }));
                return this.wrap(tag, data, attrs);
            })
                .join('');
            return this.wrap('tr', cells);
        })
            .join('');
        const element = this.wrap('table', tableBody);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds a collapsable HTML details element to the summary buffer
     *
     * @param {string} label text for the closed state
     * @param {string} content collapsable content
     *
     * @returns {Summary} summary instance
     */
    addDetails(label, content) {
        const element = this.wrap('details', this.wrap('summary', label) + content);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML image tag to the summary buffer
     *
     * @param {string} src path to the image you to embed
     * @param {string} alt text description of the image
     * @param {SummaryImageOptions} options (optional) addition image attributes
     *
     * @returns {Summary} summary instance
     */
    addImage(src, alt, options) {
        const { width, height } = options || {};
        const attrs = Object.assign(Object.assign({}, (width && { width })), (height && { height }));
        const element = this.wrap('img', null, Object.assign({ src, alt }, attrs));
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML section heading element
     *
     * @param {string} text heading text
     * @param {number | string} [level=1] (optional) the heading level, default: 1
     *
     * @returns {Summary} summary instance
     */
    addHeading(text, level) {
        const tag = `h${level}`;
        const allowedTag = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(tag)
            ? tag
            : 'h1';
        const element = this.wrap(allowedTag, text);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML thematic break (<hr>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addSeparator() {
        const element = this.wrap('hr', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML line break (<br>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addBreak() {
        const element = this.wrap('br', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML blockquote to the summary buffer
     *
     * @param {string} text quote text
     * @param {string} cite (optional) citation url
     *
     * @returns {Summary} summary instance
     */
    addQuote(text, cite) {
        const attrs = Object.assign({}, (cite && { cite }));
        const element = this.wrap('blockquote', text, attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML anchor tag to the summary buffer
     *
     * @param {string} text link text/content
     * @param {string} href hyperlink
     *
     * @returns {Summary} summary instance
     */
    addLink(text, href) {
        const element = this.wrap('a', text, { href });
        return this.addRaw(element).addEOL();
    }
}
const _summary = new Summary();
/**
 * @deprecated use `core.summary`
 */
const markdownSummary = _summary;
const summary = _summary;
//# sourceMappingURL=summary.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/path-utils.js

/**
 * toPosixPath converts the given path to the posix form. On Windows, \\ will be
 * replaced with /.
 *
 * @param pth. Path to transform.
 * @return string Posix path.
 */
function toPosixPath(pth) {
    return pth.replace(/[\\]/g, '/');
}
/**
 * toWin32Path converts the given path to the win32 form. On Linux, / will be
 * replaced with \\.
 *
 * @param pth. Path to transform.
 * @return string Win32 path.
 */
function toWin32Path(pth) {
    return pth.replace(/[/]/g, '\\');
}
/**
 * toPlatformPath converts the given path to a platform-specific path. It does
 * this by replacing instances of / and \ with the platform-specific path
 * separator.
 *
 * @param pth The path to platformize.
 * @return string The platform-specific path.
 */
function toPlatformPath(pth) {
    return pth.replace(/[/\\]/g, external_path_namespaceObject.sep);
}
//# sourceMappingURL=path-utils.js.map
// EXTERNAL MODULE: ./scripts/build/shims/exec.cjs
var exec = __nccwpck_require__(639);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/platform.js
var platform_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const getWindowsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout: version } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Version"', undefined, {
        silent: true
    });
    const { stdout: name } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Caption"', undefined, {
        silent: true
    });
    return {
        name: name.trim(),
        version: version.trim()
    };
});
const getMacOsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    var _a, _b, _c, _d;
    const { stdout } = yield exec.getExecOutput('sw_vers', undefined, {
        silent: true
    });
    const version = (_b = (_a = stdout.match(/ProductVersion:\s*(.+)/)) === null || _a === void 0 ? void 0 : _a[1]) !== null && _b !== void 0 ? _b : '';
    const name = (_d = (_c = stdout.match(/ProductName:\s*(.+)/)) === null || _c === void 0 ? void 0 : _c[1]) !== null && _d !== void 0 ? _d : '';
    return {
        name,
        version
    };
});
const getLinuxInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout } = yield exec.getExecOutput('lsb_release', ['-i', '-r', '-s'], {
        silent: true
    });
    const [name, version] = stdout.trim().split('\n');
    return {
        name,
        version
    };
});
const platform = external_os_namespaceObject.platform();
const arch = external_os_namespaceObject.arch();
const isWindows = platform === 'win32';
const isMacOS = platform === 'darwin';
const isLinux = platform === 'linux';
function getDetails() {
    return platform_awaiter(this, void 0, void 0, function* () {
        return Object.assign(Object.assign({}, (yield (isWindows
            ? getWindowsInfo()
            : isMacOS
                ? getMacOsInfo()
                : getLinuxInfo()))), { platform,
            arch,
            isWindows,
            isMacOS,
            isLinux });
    });
}
//# sourceMappingURL=platform.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/core.js
var core_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};






/**
 * The code to exit an action
 */
var ExitCode;
(function (ExitCode) {
    /**
     * A code indicating that the action was successful
     */
    ExitCode[ExitCode["Success"] = 0] = "Success";
    /**
     * A code indicating that the action was a failure
     */
    ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
//-----------------------------------------------------------------------
// Variables
//-----------------------------------------------------------------------
/**
 * Sets env variable for this action and future actions in the job
 * @param name the name of the variable to set
 * @param val the value of the variable. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function exportVariable(name, val) {
    const convertedVal = toCommandValue(val);
    process.env[name] = convertedVal;
    const filePath = process.env['GITHUB_ENV'] || '';
    if (filePath) {
        return issueFileCommand('ENV', prepareKeyValueMessage(name, val));
    }
    issueCommand('set-env', { name }, convertedVal);
}
/**
 * Registers a secret which will get masked from logs
 *
 * @param secret - Value of the secret to be masked
 * @remarks
 * This function instructs the Actions runner to mask the specified value in any
 * logs produced during the workflow run. Once registered, the secret value will
 * be replaced with asterisks (***) whenever it appears in console output, logs,
 * or error messages.
 *
 * This is useful for protecting sensitive information such as:
 * - API keys
 * - Access tokens
 * - Authentication credentials
 * - URL parameters containing signatures (SAS tokens)
 *
 * Note that masking only affects future logs; any previous appearances of the
 * secret in logs before calling this function will remain unmasked.
 *
 * @example
 * ```typescript
 * // Register an API token as a secret
 * const apiToken = "abc123xyz456";
 * setSecret(apiToken);
 *
 * // Now any logs containing this value will show *** instead
 * console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
 * ```
 */
function setSecret(secret) {
    issueCommand('add-mask', {}, secret);
}
/**
 * Prepends inputPath to the PATH (for this action and future actions)
 * @param inputPath
 */
function addPath(inputPath) {
    const filePath = process.env['GITHUB_PATH'] || '';
    if (filePath) {
        issueFileCommand('PATH', inputPath);
    }
    else {
        issueCommand('add-path', {}, inputPath);
    }
    process.env['PATH'] = `${inputPath}${external_path_namespaceObject.delimiter}${process.env['PATH']}`;
}
/**
 * Gets the value of an input.
 * Unless trimWhitespace is set to false in InputOptions, the value is also trimmed.
 * Returns an empty string if the value is not defined.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string
 */
function core_getInput(name, options) {
    const val = process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '';
    if (options && options.required && !val) {
        throw new Error(`Input required and not supplied: ${name}`);
    }
    if (options && options.trimWhitespace === false) {
        return val;
    }
    return val.trim();
}
/**
 * Gets the values of an multiline input.  Each value is also trimmed.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string[]
 *
 */
function getMultilineInput(name, options) {
    const inputs = core_getInput(name, options)
        .split('\n')
        .filter(x => x !== '');
    if (options && options.trimWhitespace === false) {
        return inputs;
    }
    return inputs.map(input => input.trim());
}
/**
 * Gets the input value of the boolean type in the YAML 1.2 "core schema" specification.
 * Support boolean input list: `true | True | TRUE | false | False | FALSE` .
 * The return value is also in boolean type.
 * ref: https://yaml.org/spec/1.2/spec.html#id2804923
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   boolean
 */
function getBooleanInput(name, options) {
    const trueValue = ['true', 'True', 'TRUE'];
    const falseValue = ['false', 'False', 'FALSE'];
    const val = core_getInput(name, options);
    if (trueValue.includes(val))
        return true;
    if (falseValue.includes(val))
        return false;
    throw new TypeError(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
        `Support boolean input list: \`true | True | TRUE | false | False | FALSE\``);
}
/**
 * Sets the value of an output.
 *
 * @param     name     name of the output to set
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function setOutput(name, value) {
    const filePath = process.env['GITHUB_OUTPUT'] || '';
    if (filePath) {
        return issueFileCommand('OUTPUT', prepareKeyValueMessage(name, value));
    }
    process.stdout.write(external_os_namespaceObject.EOL);
    issueCommand('set-output', { name }, toCommandValue(value));
}
/**
 * Enables or disables the echoing of commands into stdout for the rest of the step.
 * Echoing is disabled by default if ACTIONS_STEP_DEBUG is not set.
 *
 */
function setCommandEcho(enabled) {
    issue('echo', enabled ? 'on' : 'off');
}
//-----------------------------------------------------------------------
// Results
//-----------------------------------------------------------------------
/**
 * Sets the action status to failed.
 * When the action exits it will be with an exit code of 1
 * @param message add error issue message
 */
function setFailed(message) {
    process.exitCode = ExitCode.Failure;
    error(message);
}
//-----------------------------------------------------------------------
// Logging Commands
//-----------------------------------------------------------------------
/**
 * Gets whether Actions Step Debug is on or not
 */
function isDebug() {
    return process.env['RUNNER_DEBUG'] === '1';
}
/**
 * Writes debug message to user log
 * @param message debug message
 */
function debug(message) {
    issueCommand('debug', {}, message);
}
/**
 * Adds an error issue
 * @param message error issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function error(message, properties = {}) {
    issueCommand('error', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a warning issue
 * @param message warning issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function warning(message, properties = {}) {
    issueCommand('warning', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a notice issue
 * @param message notice issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function notice(message, properties = {}) {
    issueCommand('notice', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Writes info to log with console.log.
 * @param message info message
 */
function info(message) {
    process.stdout.write(message + external_os_namespaceObject.EOL);
}
/**
 * Begin an output group.
 *
 * Output until the next `groupEnd` will be foldable in this group
 *
 * @param name The name of the output group
 */
function startGroup(name) {
    issue('group', name);
}
/**
 * End an output group.
 */
function endGroup() {
    issue('endgroup');
}
/**
 * Wrap an asynchronous function call in a group.
 *
 * Returns the same type as the function itself.
 *
 * @param name The name of the group
 * @param fn The function to wrap in the group
 */
function group(name, fn) {
    return core_awaiter(this, void 0, void 0, function* () {
        startGroup(name);
        let result;
        try {
            result = yield fn();
        }
        finally {
            endGroup();
        }
        return result;
    });
}
//-----------------------------------------------------------------------
// Wrapper action state
//-----------------------------------------------------------------------
/**
 * Saves state for current action, the state can only be retrieved by this action's post job execution.
 *
 * @param     name     name of the state to store
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function saveState(name, value) {
    const filePath = process.env['GITHUB_STATE'] || '';
    if (filePath) {
        return issueFileCommand('STATE', prepareKeyValueMessage(name, value));
    }
    issueCommand('save-state', { name }, toCommandValue(value));
}
/**
 * Gets the value of an state set by this action's main execution.
 *
 * @param     name     name of the state to get
 * @returns   string
 */
function core_getState(name) {
    return process.env[`STATE_${name}`] || '';
}
function getIDToken(aud) {
    return core_awaiter(this, void 0, void 0, function* () {
        return yield OidcClient.getIDToken(aud);
    });
}
/**
 * Summary exports
 */

/**
 * @deprecated use core.summary
 */

/**
 * Path exports
 */

/**
 * Platform utilities exports
 */

//# sourceMappingURL=core.js.map
;// CONCATENATED MODULE: ./build/github/markdown.js


/**
 * Text from outside as it may stand in Markdown: no markup, link, mention, HTML or table cell can come of it. Addresses
 * stand in code spans, where they are no links and can be copied.
 */
function escapeMarkdown(text) {
    const parts = text.replace(INVISIBLE, ' ').split(ADDRESS);
    const shown = parts.map((part, index) => (index % 2 === 1 ? `\`${part}\`` : escapePart(part)));
    return shown
        .join('')
        .replace(/^(\s*)([-+=#])/, '$1\\$2')
        .replace(/^(\s*\d+)\./, '$1\\.');
}
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** An address, without what may follow it in a sentence. */
const ADDRESS = /((?:https?:\/\/|www\.)[A-Za-z0-9/?&=%+._~:-]*[A-Za-z0-9/])/gi;
function escapePart(text) {
    return escapeHtml(text).replace(/[\\`*_{}[\]()!|~$]/g, '\\$&');
}
/** Text from outside as it may stand in HTML of ours: no markup, mention or link can come of it. */
function escapeHtml(text) {
    return unlink(text.replace(INVISIBLE, ' ').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'));
}
/** A zero-width space keeps mentions, references and what looks like an address from becoming links. */
function unlink(text) {
    return text.replace(/[@#]|:(?=\/\/)|www(?=\.)/gi, (found) => `${found}\u200b`);
}
/** A code span for an id or a name; it holds the text as it is, whatever that contains. */
function code(text) {
    const clean = text.replace(INVISIBLE, ' ').replaceAll('|', '¦').trim();
    if (clean === '')
        return '–';
    const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
    const fence = '`'.repeat(longest + 1);
    const space = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
    return `${fence}${space}${clean}${space}${fence}`;
}
/** A table; cells are Markdown already. One row is a list, which is read faster; without rows it is empty. */
function table(head, rows) {
    const [only] = rows;
    if (only === undefined)
        return '';
    if (rows.length === 1)
        return list(only.map((cell, index) => [head[index] ?? '', cell]));
    const line = (cells) => `| ${cells.join(' | ')} |\n`;
    return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`;
}
/** What is known, each with its name; what is not known is left out. */
function list(facts) {
    const known = facts.filter(([, fact]) => fact !== '' && fact !== '–');
    if (known.length === 0)
        return '';
    return `${known.map(([name, fact]) => `- **${name}:** ${fact.replaceAll('<br>', ' ')}\n`).join('')}\n`;
}
/** A link of our own to an address that was checked. */
function markdown_link(text, url) {
    return url === '' ? '' : `[${escapeMarkdown(text)}](${url})`;
}
/** A fenced block to copy: a shell command, or lines of a workflow. */
function codeBlock(command) {
    const language = command.startsWith('curl ') ? 'sh' : 'yaml';
    return `\`\`\`${language}\n${command}\n\`\`\`\n\n`;
}
/** A section that is folded away. `title` is Markdown-free text of our own. */
function details(title, body) {
    return body === '' ? '' : `<details><summary>${title}</summary>\n\n${body}</details>\n\n`;
}
/** A time of the API or of ours in a cell: UTC to the second, or as it stands where it cannot be read. */
function showTime(text) {
    if (text === null || text === '')
        return '–';
    const at = parseTime(text);
    return at === null ? escapeMarkdown(text) : formatTime(at);
}

;// CONCATENATED MODULE: ./build/github/runner.js





/** A file that the runner reads cannot be written by this user, or the disk is full. */
class RunnerFileError extends Error {
    name = 'RunnerFileError';
    constructor(variable, cause) {
        super(`The runner's file ${variable} cannot be written`, { cause });
    }
}
/** Anything shorter would blank half of the log out. */
const SHORTEST_SECRET = 4;
/**
 * The real runner. Secrets are blanked out here although the runner masks its log: it masks no summary, output
 * or state file, and an API may repeat a token in an error. `needsFiles`: see `checkFiles`.
 */
function createRunner({ needsFiles }) {
    const hidden = new Set();
    const blank = (text) => [...hidden].reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
    /** Outputs are set again whenever more is known; only what changed is worth a line in the runner's file. */
    const outputs = new Map();
    const reported = new Set();
    let isStrict = needsFiles;
    let before;
    /** Whether it was written. */
    function writeFileOf(variable, write) {
        try {
            write();
            return true;
        }
        catch (cause) {
            const error = new RunnerFileError(variable, cause);
            if (isStrict)
                throw error;
            warnOnce(variable, `${error.message} (${messageOf(cause)}); the step goes on without it.`);
            return false;
        }
    }
    function warnOnce(variable, text) {
        if (reported.has(variable))
            return;
        reported.add(variable);
        warning(neutralize(blank(text)), { title: 'Runner file not written' });
    }
    return {
        write: (line) => info(neutralize(blank(line))),
        debug: (line) => debug(neutralize(blank(line))),
        annotate: (kind, title, text) => core_namespaceObject[kind](cut(neutralize(blank(text))), { title: neutralize(blank(title)) }),
        startGroup: (title) => startGroup(neutralize(blank(title))),
        endGroup: () => endGroup(),
        setOutput(name, value) {
            const shown = blank(value);
            if (outputs.get(name) === shown)
                return;
            if (writeFileOf('GITHUB_OUTPUT', () => setOutput(name, shown)))
                outputs.set(name, shown);
        },
        saveState(name, value) {
            writeFileOf('GITHUB_STATE', () => saveState(name, blank(value)));
        },
        checkFiles() {
            for (const variable of ['GITHUB_STATE', 'GITHUB_OUTPUT']) {
                const file = process.env[variable] ?? '';
                if (file !== '')
                    writeFileOf(variable, () => tryToWrite(file));
            }
            isStrict = false;
        },
        async writeSummary(markdown) {
            const file = process.env['GITHUB_STEP_SUMMARY'];
            if (file === undefined || file === '')
                return;
            try {
                before ??= await readWritten(file);
                summary.emptyBuffer().addRaw(before + blank(markdown), true);
                await summary.write({ overwrite: true });
            }
            catch (error) {
                // A summary is a courtesy; a full disk must not turn a good deploy red.
                warnOnce('GITHUB_STEP_SUMMARY', `The job summary could not be written: ${messageOf(error)}`);
            }
        },
        setExitCode(code) {
            process.exitCode = code;
        },
        hide(secret) {
            if (secret.length < SHORTEST_SECRET)
                return;
            hidden.add(secret);
            hidden.add(escapeMarkdown(secret));
        },
    };
}
/** Appends a byte, which a full disk refuses, and takes it away again. */
function tryToWrite(file) {
    const descriptor = (0,external_node_fs_namespaceObject.openSync)(file, 'a');
    try {
        const before = (0,external_node_fs_namespaceObject.fstatSync)(descriptor);
        (0,external_node_fs_namespaceObject.writeSync)(descriptor, '\n');
        if (before.isFile())
            (0,external_node_fs_namespaceObject.ftruncateSync)(descriptor, before.size);
    }
    finally {
        (0,external_node_fs_namespaceObject.closeSync)(descriptor);
    }
}
/** What others wrote to a file; a pipe or a device is not asked, since it may give text for ever and hold the step up. */
async function readWritten(file) {
    return (await (0,promises_namespaceObject.stat)(file)).isFile() ? await (0,promises_namespaceObject.readFile)(file, 'utf8') : '';
}
/** Longest annotation that the runner keeps. */
const ANNOTATION_LIMIT = 4000;
function cut(text) {
    return text.length <= ANNOTATION_LIMIT ? text : `${text.slice(0, ANNOTATION_LIMIT - 1)}…`;
}
/**
 * Takes the power out of workflow commands. The runner reads `::name` at the beginning of a line, the old form
 * `##[name` anywhere in it, and takes a lone carriage return for a line's end. Other control characters could
 * rewrite what a terminal shows.
 */
function neutralize(text) {
    return text
        .replace(/\r\n?/g, '\n')
        .replace(runner_INVISIBLE, ' ')
        .replace(/##\[/g, '# #[')
        .replace(/^(\s*):(?=:)/gm, '$1: ');
}
/** Control characters but tab and line feed, line separators, and what changes the direction of text. */
const runner_INVISIBLE = 
// oxlint-disable-next-line no-control-regex
/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

;// CONCATENATED MODULE: ./build/actions/common/errors.js






/** The use case ends because the job was cancelled. */
class CancelledError extends Error {
    name = 'CancelledError';
    /** What is urgent, for people: a server that is down, or goes down, a snapshot that was deleted. Empty where nothing is. */
    urgent;
    constructor(urgent = '', options) {
        super('The job was cancelled', options);
        this.urgent = urgent;
    }
}
/** A use case that ends red. The message: what is so, with which server or snapshot, and on its next line what to do. */
class FailedError extends Error {
    name = 'FailedError';
    /** Title of the annotation. */
    title;
    /** `details` stand in the place of what the causes say. */
    more;
    /** The API was asked what its token may do, and the message says what it answered. */
    isExplained;
    constructor(title, message, options = {}) {
        super(message, options);
        const { cause: _cause, isExplained = false, ...more } = options;
        this.title = title;
        this.isExplained = isExplained;
        this.more = more;
    }
}
/**
 * A use case that ends because a request failed: the cause first, then what it leads to, and what to do. `remark` is
 * what the API says of a token that it refused, and further lines.
 */
function failedRequest(title, consequence, cause, remark) {
    const { problem, advice } = cause.diagnosis;
    const reason = problem === ''
        ? `VPS.org answered with ${cause.status ?? 'no status'}${quoteDetail(cause)}`
        : capitalize(problem);
    const lines = [`${reason}, so ${consequence}.`, advice === '' ? '' : `${capitalize(advice)}.`, remark];
    const deeper = cause.cause === undefined ? '' : `\n  caused by: ${describeError(cause.cause)}`;
    return new FailedError(title, lines.filter((line) => line !== '').join('\n'), {
        cause,
        isExplained: true,
        details: `${cause.request}${deeper}`,
    });
}
/** A use case that ends red, and whose every reason is an annotation already. */
class AlreadyReportedError extends Error {
    name = 'AlreadyReportedError';
}
/** The API's failure. Throws a {@link CancelledError} after a cancel, and whatever is no {@link VpsError}. */
function errors_apiFailureOf(error, { cancelled }) {
    if (cancelled.aborted)
        throw new CancelledError();
    if (!(error instanceof VpsError))
        throw error;
    return error;
}
/** What people read of an error that ended a use case. */
function alertOf(error) {
    const whole = describeError(error);
    if (error instanceof FailedError) {
        const causes = whole.slice(error.message.length).replace(/^\n/, '');
        return {
            kind: 'error',
            title: error.title,
            text: error.message,
            ...error.more,
            details: error.more.details ?? causes,
        };
    }
    if (error instanceof RunnerFileError) {
        const advice = `${whole}\nNothing was requested from VPS.org. The post step and later steps could not know of a snapshot: let the user of this action write the runner's files (a container with another user, a full disk).`;
        return { kind: 'error', title: 'Runner file cannot be written', text: advice };
    }
    const title = error instanceof InputError ? 'Invalid inputs' : 'VPS.org snapshot action failed';
    return { kind: 'error', title, text: whole };
}
/** The same as one text, for a failure among others. */
function describeFailure(error) {
    const { text, details } = alertOf(error);
    return details ? `${text}\n${details}` : text;
}
/** The error that ended a use case, where it is the only one: a summary is headed by it. */
function onlyError(alerts) {
    const [first, second] = alerts.filter(({ kind }) => kind === 'error');
    return second === undefined ? first : undefined;
}

;// CONCATENATED MODULE: ./build/actions/common/labels.js
/** A server as people know it: `web-server-01 (12345)`. */
function labelOf(record) {
    return record.serverName ? `${record.serverName} (${record.server})` : record.server;
}
/** The server of a snapshot as people know it; `fallback` where the API names none. */
function labelOfServer(server, fallback = 'an unknown server') {
    return labelOf({ server: server?.id ?? server?.uuid ?? fallback, serverName: server?.name ?? null });
}
/** At most so many of what there is are named in an error. */
const MOST_NAMED = 10;
function nameSome(names) {
    const more = names.length - MOST_NAMED;
    return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
/** A snapshot's id as people read it. */
function printId(id) {
    return id ?? 'without a usable id';
}

;// CONCATENATED MODULE: ./build/github/outputs.js
/**
 * Sets the outputs of `snapshots`: for one the plain value, for several the values joined by commas in their
 * order, an empty element for a missing one. Called whenever more is known: the last value of a name counts,
 * and a step that is cut off has set what it knew.
 */
function setSnapshotOutputs(runner, snapshots) {
    const setOutput = (output, pick) => {
        const values = snapshots.map((snapshot) => String(pick(snapshot) ?? '').replaceAll(',', ''));
        runner.setOutput(output, values.join(','));
    };
    setOutput('snapshot_id', (s) => s.snapshot_id);
    setOutput('snapshot_name', (s) => s.name);
    setOutput('snapshot_status', (s) => s.status);
    setOutput('size_mb', (s) => s.size_mb);
    setOutput('created_at', (s) => s.created_at);
    if (snapshots.some((s) => s.created !== undefined))
        setOutput('created', (s) => s.created);
    runner.setOutput('snapshots', JSON.stringify(snapshots));
}

;// CONCATENATED MODULE: ./build/github/state.js


const STEP_STATE = 'step';
function serverState(index) {
    return `server_${index}`;
}
/** Reads what main saved; a torn, foreign or half-written state is never usable. */
function loadState(run, get = getState) {
    const text = get(STEP_STATE);
    if (text === '') {
        if (get(serverState(0)) !== '')
            return unreadable('the saved state of the snapshot step is missing', null, [], []);
        return { kind: 'none', reason: 'the snapshot step ended before it saved anything' };
    }
    const step = parse(text, isStepRecord);
    if (step === null)
        return unreadable('the saved state of the snapshot step cannot be read', null, [], []);
    if (step.repositoryId !== run.repositoryId || !isSameRun(step, run)) {
        return { kind: 'none', reason: 'the saved state belongs to another run' };
    }
    const servers = [];
    const torn = [];
    for (let index = 0; index < step.servers; index += 1) {
        const saved = get(serverState(index));
        if (saved === '')
            continue;
        const record = parse(saved, isServerRecord);
        if (record !== null && isSameRun(record, run))
            servers.push(record);
        else
            torn.push(nameTorn(saved, index, record));
    }
    if (torn.length > 0)
        return unreadable(`the saved state of ${torn.join(', ')} cannot be read`, step, servers, torn);
    if (step.succeeded && servers.length < step.servers) {
        return unreadable('the saved state is missing a server of the snapshot step', step, servers, [
            'one of the servers',
        ]);
    }
    if (servers.length === 0)
        return { kind: 'none', reason: 'the snapshot step ended before it requested anything' };
    return { kind: 'usable', step, servers };
}
function unreadable(reason, step, servers, torn) {
    return { kind: 'unreadable', reason, step, servers, torn };
}
/** What a torn text still says of the server, good enough for people; a whole one of another run is not about it. */
function nameTorn(text, index, foreign) {
    const id = /"server":"([A-Za-z0-9][A-Za-z0-9_-]{0,63})"/.exec(text)?.[1];
    const number = `server number ${index + 1}`;
    return id === undefined || foreign !== null ? number : `${number} (${id})`;
}
function isSameRun(record, run) {
    return record.runId === run.runId && record.runAttempt === run.runAttempt;
}
function parse(text, check) {
    try {
        const value = JSON.parse(text);
        return check(value) ? value : null;
    }
    catch {
        return null;
    }
}
const isText = (value) => typeof value === 'string';
const isFlag = (value) => typeof value === 'boolean';
const isId = (value) => typeof value === 'string' && ID_PATTERN.test(value);
const isAmount = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
/** The last one that a `Date` holds. */
const LAST_INSTANT = 8.64e15;
const isInstant = (value) => isAmount(value) && Number(value) <= LAST_INSTANT;
const orNull = (check) => (value) => value === null || check(value);
const listOf = (check) => (value) => Array.isArray(value) && value.every(check);
const oneOf = (...words) => (value) => words.includes(value);
function shape(checks) {
    return (value) => typeof value === 'object' &&
        value !== null &&
        Object.entries(checks).every(([name, check]) => check(value[name]));
}
const ON_FAILURE = oneOf('keep', 'restore', 'delete');
const isStepRecord = shape({
    version: oneOf(1),
    repositoryId: isText,
    runId: isText,
    runAttempt: isAmount,
    leg: isText,
    use: isAmount,
    apiUrl: isText,
    servers: isAmount,
    policy: shape({
        onFailure: ON_FAILURE,
        onCancel: ON_FAILURE,
        onSuccess: oneOf('keep', 'delete'),
        keepLast: isAmount,
        restoreIfGiven: isFlag,
    }),
    restoreTimeout: isAmount,
    restoreMaxAge: orNull(isAmount),
    pollInterval: orNull(isAmount),
    healthUrls: listOf(isText),
    dryRun: isFlag,
    statusBefore: isText,
    stopsServers: isFlag,
    interrupted: isFlag,
    succeeded: isFlag,
});
const isServerRecord = shape({
    version: oneOf(1),
    runId: isText,
    runAttempt: isAmount,
    server: isId,
    ids: listOf(isId),
    serverName: orNull(isText),
    key: (value) => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value),
    name: isText,
    phase: oneOf('planned', 'intent', 'refused', 'created', 'completed'),
    completedAt: orNull(isInstant),
    snapshotId: orNull(isId),
    idIsLossless: isFlag,
    shown: isFlag,
    createdAt: orNull(isText),
    sizeMb: orNull((value) => typeof value === 'number'),
    reused: isFlag,
    resentAt: orNull(isInstant),
    duplicates: listOf(isId),
    power: orNull(shape({
        found: oneOf('active', 'stopped'),
        stop: oneOf('none', 'requested', 'accepted', 'confirmed'),
        stopAcceptedAt: orNull(isAmount),
        started: isFlag,
    })),
});

;// CONCATENATED MODULE: ./build/snapshots/server.js
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
function kindOf(id) {
    if (/^\d+$/.test(id))
        return 'number';
    return UUID.test(id) ? 'uuid' : 'other';
}
/** Whether ids are of more than one form, so that two of them may mean one server. */
function areMixed(ids) {
    return new Set(ids.map(kindOf)).size > 1;
}
/** Ids are compared as text; a UUID in any case, since it is a number written in hexadecimal. */
function normalize(id) {
    return UUID.test(id) ? id.toLowerCase() : id;
}
/** The ids that the API says for a server. */
function server_idsOf(server) {
    return [server.id, server.uuid].filter((id) => id !== null);
}
/** A server's id as people read it. */
function printServer(server) {
    return server_idsOf(server)[0] ?? 'unknown';
}
/** Whether a snapshot's server is one of the given ids. */
function isOfServer(server, ids) {
    const known = new Set(ids.map(normalize));
    return server_idsOf(server).some((id) => known.has(normalize(id)));
}
/**
 * Finds the server's snapshots in a list asked for with its `server_id`. `known` holds the typed id and what
 * an answer of the API confirmed for it.
 *
 * A list whose snapshots all name one server is about that server, unless that server has an id of the same
 * kind as the typed one and a different one: two numbers that differ are two servers. A snapshot that names no
 * server may be of the typed one, and holds a slot.
 */
function matchServer(snapshots, known) {
    const mine = snapshots.filter((s) => isOfServer(s.server, known));
    const isOther = (s) => !mine.includes(s) && server_idsOf(s.server).length > 0;
    const others = snapshots.filter(isOther);
    const [first] = others;
    const isAnother = first !== undefined && (!isOneServer(others) || contradicts(first.server, known));
    if (first === undefined || (mine.length === 0 && !isAnother)) {
        return {
            snapshots,
            ids: merge(known, mine),
            name: (mine[0] ?? snapshots[0])?.server.name ?? null,
            filterIgnored: false,
            assumed: mine.length === 0 && snapshots.length > 0,
            unknown: false,
        };
    }
    return {
        snapshots: snapshots.filter((s) => !isOther(s)),
        ids: merge(known, mine),
        name: mine[0]?.server.name ?? null,
        filterIgnored: true,
        assumed: false,
        unknown: mine.length === 0,
    };
}
function isOneServer(snapshots) {
    return new Set(snapshots.map((s) => server_idsOf(s.server).map(normalize).join(' '))).size === 1;
}
/** Whether a server cannot be the known one: it has another id of the same kind, and none in common. */
function contradicts(server, known) {
    if (isOfServer(server, known))
        return false;
    const kinds = new Set(known.map(kindOf));
    return server_idsOf(server).some((id) => kindOf(id) !== 'other' && kinds.has(kindOf(id)));
}
/** Whether a server may be the typed one although none of its ids says so: it shows none of that form. */
function mayBe(server, typed) {
    return kindOf(typed) !== 'other' && !contradicts(server, [typed]);
}
function merge(known, snapshots) {
    return [...new Set([...known, ...snapshots.flatMap((s) => server_idsOf(s.server))])];
}

;// CONCATENATED MODULE: ./build/actions/creating/progress.js




function createProgress(deps, index, start) {
    const { runId, runAttempt } = deps.job.origin;
    const progress = {
        record: {
            version: 1,
            runId,
            runAttempt,
            ...start,
            ids: [start.server],
            serverName: null,
            phase: 'planned',
            completedAt: null,
            snapshotId: null,
            idIsLossless: true,
            shown: false,
            createdAt: null,
            sizeMb: null,
            reused: false,
            resentAt: null,
            duplicates: [],
            power: null,
        },
        snapshot: null,
        before: null,
        rotated: null,
        save(next) {
            progress.record = next;
            deps.runner.saveState(serverState(index), JSON.stringify(progress.record));
        },
        recordIds(server) {
            const ids = [...new Set([...progress.record.ids, ...server_idsOf(server)])];
            progress.save({ ...progress.record, ids, serverName: server.name ?? progress.record.serverName });
        },
        recordSnapshot(snapshot) {
            progress.snapshot = snapshot;
        },
        recordBefore(before) {
            progress.before = before;
        },
        recordRotation(deleted, isCertain) {
            progress.rotated = { snapshot: deleted, isCertain };
            if (!isCertain)
                return;
            progress.before = (progress.before ?? []).filter((s) => s.id !== deleted.id);
        },
    };
    return progress;
}
/** The ids that the server may be shown by: the typed one first, the API's own, and those that its snapshots name. */
function idsShownBy({ record, before }) {
    return [...new Set([record.server, ...record.ids, ...(before ?? []).flatMap((s) => server_idsOf(s.server))])];
}
/** Sets the outputs from what is known by now, as soon as there is a snapshot. */
function publish(deps, servers) {
    if (servers.every(({ record }) => record.snapshotId === null))
        return;
    setSnapshotOutputs(deps.runner, servers.map(outputOf));
}
function outputOf({ record, snapshot }) {
    const made = record.snapshotId !== null;
    return {
        server_id: record.server,
        server_name: record.serverName,
        snapshot_id: record.snapshotId,
        name: made ? (snapshot?.name ?? record.name) : null,
        status: made ? (snapshot?.status ?? null) : null,
        size_mb: record.sizeMb,
        created_at: record.createdAt,
        created: made ? !record.reused : null,
    };
}
/** The row of the summary for what is known by now. */
function rowOf({ record, snapshot, before }) {
    const made = [
        ...(record.snapshotId === null ? [] : [record.snapshotId]),
        ...record.duplicates,
    ];
    return {
        server: labelOf(record),
        snapshotId: record.snapshotId,
        name: record.snapshotId === null ? null : (snapshot?.name ?? record.name),
        status: snapshot?.status ?? (record.phase === 'intent' ? 'uncertain' : null),
        sizeMb: record.sizeMb,
        createdAt: record.createdAt,
        slotsUsed: before === null ? null : before.filter((s) => !made.includes(s.id)).length + made.length,
    };
}

;// CONCATENATED MODULE: ./build/vps/client/retry.js
/** Tries that the longer span rests on at the least. */
const STANDING_REFUSALS = 4;
/** Failures after which nothing was carried out, whatever the method, and which pass. */
const NOTHING_DONE = new Set([
    'refused',
    'unresolved',
    'connect_timeout',
    'handshake',
    'proxy',
    423,
    429,
]);
/** Nothing was carried out either, and nothing will be until somebody changes a setting. */
const LASTING = new Set(['certificate', 'proxy_auth']);
/** Failures that pass, after which a read is simply repeated. */
const PASSING = new Set([
    'reset',
    'cut',
    'timeout',
    'html',
    408,
    409,
]);
/**
 * The retry table: method × what happened. `retry` after the usual pause, `retry_refusal` after that of a refusal
 * that is not believed yet, `final` for the caller to decide.
 *
 * A change is repeated only where the API cannot have carried it out; everything else about it is for the caller to
 * find out (`docs/how-it-works/api-client.md`, "Request outcomes").
 */
function decideRetry(tried, spans) {
    const { method, cause } = tried;
    if (tried.once)
        return 'final';
    if (LASTING.has(cause))
        return tried.persistent ? 'retry' : 'final';
    if (NOTHING_DONE.has(cause))
        return 'retry';
    if (method !== 'GET' || (cause === 'html' && tried.patience === 'elsewhere'))
        return 'final';
    if (PASSING.has(cause) || (typeof cause === 'number' && cause >= 500))
        return 'retry';
    if (!isRefusal(cause))
        return 'final';
    return isBelieved(tried, spans) ? 'final' : 'retry_refusal';
}
function isBelieved({ patience, refusedFor, refusals }, spans) {
    switch (patience) {
        case 'elsewhere':
        case 'at_once':
            return true;
        case 'twice':
            return refusals >= 2 && refusedFor >= spans.twice;
        case 'standing':
            return refusals >= STANDING_REFUSALS && refusedFor >= spans.standing;
        case 'never':
            return false;
    }
}
/** What the table is asked about a failed try. */
function causeOf(error) {
    // A 5xx is an outage whoever says it; 401 to 404 in HTML are a proxy's or a firewall's, not the API's.
    if (error.isHtml && (error.status ?? 0) < 500 && error.method === 'GET')
        return 'html';
    return error.kind === 'http' ? (error.status ?? 0) : error.kind;
}
/** Whether this may be the API's verdict on a read, which the patience is about. */
function isRefusal(cause) {
    if (typeof cause !== 'number')
        return cause === 'malformed' || cause === 'too_large';
    return cause >= 300 && cause < 500 && !PASSING.has(cause) && !NOTHING_DONE.has(cause);
}
/** Whether nothing but a changed setting ends this: worth an annotation at once, however long it is tried again. */
function isLasting(cause) {
    return LASTING.has(cause);
}
/** `Retry-After` in milliseconds: seconds or a date; `undefined` where it is absent or unreadable. */
function parseRetryAfter(value, now) {
    const text = value?.trim() ?? '';
    if (/^\d{1,9}$/.test(text))
        return Number(text) * 1000;
    if (!/^[A-Z][a-z]{2}, /.test(text))
        return undefined;
    const date = Date.parse(text);
    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

;// CONCATENATED MODULE: ./build/actions/common/shared-read.js
/** One read for all who ask at the same time: whoever can use what another one reads gets that. */
function createSharedRead(read, clock) {
    let latest = null;
    return async (newerThan, limits) => {
        if (latest === null || latest.readAt <= newerThan) {
            const mine = { readAt: clock.now(), value: read(limits) };
            latest = mine;
            // What failed is nothing that the next one could use.
            mine.value.catch(() => {
                if (latest === mine)
                    latest = null;
            });
        }
        const { readAt, value } = latest;
        return { value: await value, readAt };
    };
}

;// CONCATENATED MODULE: ./build/actions/common/shortcut.js


/** What has failed so often in a row, while others were answered, is not tried again. */
const MOST_FAILURES = 2;
/**
 * The read has to answer within the schedule's span; how long the API makes requests wait that are too many is not part
 * of it.
 */
function createShortcut(read, { clock, schedule }) {
    const shared = createSharedRead((limits) => read({ ...limits, patience: 'at_once' }), clock);
    let failures = 0;
    /** The last failure; the same for all who waited for the one read. */
    let failure = null;
    async function readInTime(newerThan, limits) {
        try {
            return await shared(newerThan, {
                ...limits,
                until: Math.min(limits.until, clock.now() + schedule.span('sharedRead')),
            });
        }
        catch (error) {
            // It was not sent: the API limits the requests, and one for each server would only be more of them.
            if (!isLimited(error) || clock.now() >= limits.until)
                throw error;
            return await shared(newerThan, limits);
        }
    }
    return {
        async read(newerThan, limits) {
            if (failures >= MOST_FAILURES)
                return null;
            try {
                const value = await readInTime(newerThan, limits);
                failure = null;
                failures = 0;
                return value;
            }
            catch (error) {
                if (!(error instanceof VpsError) || error.kind === 'cancelled')
                    throw error;
                failure = error;
                return null;
            }
        },
        noteDetour() {
            // What is not there will not be there later.
            if (failure !== null)
                failures += failure.status === 404 ? MOST_FAILURES : 1;
            failure = null;
        },
    };
}

;// CONCATENATED MODULE: ./build/actions/server/reader.js





/** Reads one server again and again, each time by a request that was sent after the last one, first after `newerThan`. */
function followServer(reader, serverIds, newerThan) {
    let last = newerThan;
    return async (limits) => {
        const read = await reader.read(serverIds, last, limits);
        last = read.readAt;
        return read;
    };
}
/** A reader that reports what it has read, for whoever has to know the last word when nothing can be read any more. */
function noteServers(reader, note) {
    return {
        async read(...request) {
            const read = await reader.read(...request);
            note(read.value);
            return read;
        },
    };
}
/** Reads one server again and again, for whoever does not ask when that was. */
function reader_readServer(serverId, deps) {
    const follow = followServer(createServerReader('address', deps), [serverId], Number.NEGATIVE_INFINITY);
    return async (limits) => (await follow(limits)).value;
}
/**
 * A reader that asks first for the list of servers, which serves several with one request, or for a server's own address.
 * A list that does not show the server is no answer; then it is asked for by its own address. Where that address is
 * refused (a token may see the list and no single server; a proxy may know one address only) it is looked for in the
 * list, which is asked first from then on. A refusal that stood is believed at once when it comes again.
 */
function createServerReader(first, { api, clock, schedule }) {
    const listeners = new Set();
    const list = createShortcut(async (limits) => {
        const readAt = clock.now();
        const all = await api.listServers(limits);
        for (const listener of listeners)
            listener(all.servers, readAt);
        return all;
    }, { clock, schedule });
    const singles = new Map();
    const denied = new Set();
    let prefersList = first === 'list';
    async function fromList(serverIds, newerThan, limits) {
        const all = await list.read(newerThan, limits);
        const server = all?.value.servers.find((each) => isOfServer(each, serverIds));
        return all === null || server === undefined ? null : { value: server, readAt: all.readAt };
    }
    async function fromAddress(id, newerThan, limits) {
        const single = singles.get(id) ?? createSharedRead((each) => api.getServer(id, each), clock);
        singles.set(id, single);
        const isKnownDenial = denied.has(id) && limits.patience !== 'never';
        return await single(newerThan, isKnownDenial ? { ...limits, patience: 'at_once' } : limits);
    }
    /**
     * By its address after all, but not for ever where the list may be the one to answer. Where the address is closed to the
     * token, the list is asked once more: what it answered just once is no verdict.
     */
    const fromAddressForNow = async (serverIds, newerThan, limits) => {
        const [id = ''] = serverIds;
        const isEndless = limits.patience === 'never';
        const end = isEndless ? clock.now() + schedule.span('sharedRead') : limits.until;
        try {
            const given = { ...limits, until: Math.min(limits.until, end) };
            return await fromAddress(id, newerThan, given);
        }
        catch (error) {
            if (limits.patience === 'at_once' || !isDenied(error))
                throw error;
            denied.add(id);
            const listed = await fromList(serverIds, newerThan, limits);
            if (listed === null)
                throw error;
            prefersList = true;
            return listed;
        }
    };
    /** By its address, and where that is refused once, or gives a web page, by the list. */
    const fromEither = async (serverIds, newerThan, limits) => {
        const [id = ''] = serverIds;
        try {
            return await fromAddress(id, newerThan, { ...limits, patience: 'elsewhere' });
        }
        catch (error) {
            const cause = error instanceof VpsError ? causeOf(error) : null;
            // A framework gives a page where the API has no such call; one of a firewall passes, and is no answer.
            const isPage = cause === 'html';
            if (cause === null || !(isPage || isRefusal(cause)) || denied.has(id))
                throw error;
            const found = await fromList(serverIds, newerThan, limits);
            if (found !== null) {
                prefersList = true;
                return found;
            }
            if (limits.patience === 'at_once' && !isPage)
                throw error;
            return await fromAddressForNow(serverIds, newerThan, limits);
        }
    };
    return {
        async read(serverIds, newerThan, limits) {
            if (!prefersList)
                return await fromEither(serverIds, newerThan, limits);
            const listed = await fromList(serverIds, newerThan, limits);
            if (listed !== null)
                return listed;
            const single = await fromAddressForNow(serverIds, newerThan, limits);
            list.noteDetour();
            return single;
        },
        listen(serverIds, note) {
            const listener = (servers, readAt) => {
                const server = servers.find((each) => isOfServer(each, serverIds));
                if (server !== undefined)
                    note({ value: server, readAt });
            };
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}

;// CONCATENATED MODULE: ./build/actions/create/identity.js





/** Which server a typed id means: a number and a UUID may be one server, and a list names servers by number only. */
/** All servers of a step are read at its beginning, and one list may serve them all. */
const RECENT_MS = 5_000;
/** Reads the server and learns its ids and name; that it cannot be read stops nothing. */
async function identifyServer(progress, deps, servers = createServerReader('address', deps)) {
    try {
        const limits = { until: deps.until, patience: 'at_once' };
        const { value: server } = await servers.read([progress.record.server], deps.clock.now() - RECENT_MS, limits);
        progress.recordIds(server);
        return { kind: 'identified', server, answeredAt: deps.clock.now() };
    }
    catch (error) {
        const cause = errors_apiFailureOf(error, deps);
        return { kind: isDenied(cause) ? 'denied' : 'silent', cause };
    }
}
/**
 * A server that its own address does not show, by the id that its snapshots name. Good enough to see that it is being
 * restored, and for nothing else: it is the one that was typed only because the list names no other.
 */
async function findListedServer(progress, deps, listed) {
    const serverIds = idsShownBy(progress);
    if (serverIds.length === progress.record.ids.length)
        return null;
    const now = deps.clock.now();
    // The address may have used up all the time there was.
    const limits = { until: Math.max(deps.until, now + EXTRA_READ_MS), patience: 'at_once' };
    try {
        return (await listed.read(serverIds, now - RECENT_MS, limits)).value;
    }
    catch (error) {
        errors_apiFailureOf(error, deps);
        return null;
    }
}
/** One server typed in two forms, as a number and as a UUID, would get two snapshots and lose two slots. */
function refuseSameServer(servers) {
    for (const [index, { record }] of servers.entries()) {
        const same = servers
            .slice(0, index)
            .find((other) => other.record.ids.some((id) => record.ids.includes(id)));
        if (same === undefined)
            continue;
        const made = [same.record.snapshotId, record.snapshotId].filter((id) => id !== null);
        const state = made.length === 0
            ? 'Nothing was requested.'
            : `Made before that was known: ${made.join(' and ')}. Delete one of them.`;
        throw new FailedError('Same server given twice', `'server_id': ${same.record.server} and ${record.server} are the same server (${record.serverName ?? 'no name'}); give it once. ${state}`);
    }
}

;// CONCATENATED MODULE: ./build/actions/common/concurrency.js

/** How many servers are changed at a time: polite to the API, quick enough for a fleet. */
const CONCURRENCY = 3;
/** Work that was not started because other work had failed. */
class NotStartedError extends Error {
    name = 'NotStartedError';
}
function createLimiter() {
    const waiting = [];
    let running = 0;
    let hasFailed = false;
    return async (work) => {
        if (running >= CONCURRENCY)
            await new Promise((resolve) => waiting.push(resolve));
        running += 1;
        try {
            if (hasFailed)
                throw new NotStartedError('not started, because another server failed');
            return await work();
        }
        catch (error) {
            hasFailed = true;
            throw error;
        }
        finally {
            running -= 1;
            waiting.shift()?.();
        }
    };
}
/**
 * Waits for all of it, whatever fails, then throws what did. One cause that ended several counts once, and what was
 * not started because of it is none. A cancel ends all, so that it is thrown only where nothing else failed.
 */
async function settleAll(work) {
    const results = await Promise.allSettled(work);
    const reasons = results
        .filter((result) => result.status === 'rejected')
        .map(({ reason }) => reason);
    const failures = new Set(reasons.filter((reason) => !(reason instanceof NotStartedError || reason instanceof CancelledError)));
    const [first] = failures;
    if (failures.size > 1)
        throw new FailedError('Several servers failed', [...failures].map(describeFailure).join('\n'));
    if (failures.size > 0)
        throw first;
    if (reasons.some((reason) => reason instanceof CancelledError))
        throw new CancelledError();
}

;// CONCATENATED MODULE: ./build/actions/common/deps.js
/** The same with a budget of `ms` from now on, and never more than what there is. */
function within(deps, ms) {
    return { ...deps, until: Math.min(deps.until, deps.clock.now() + ms) };
}

;// CONCATENATED MODULE: ./build/actions/common/lists.js



/**
 * The first list of a step, which everything after it depends on; a refusal is believed after two tries, so that a
 * wrong token is reported at once, unless the step needs more patience. Throws a FailedError where there is no list;
 * `consequence` is what that leads to.
 */
async function requireList(read, deps, title, consequence, patience = 'twice') {
    try {
        return await read({ until: deps.until, patience });
    }
    catch (cause) {
        const failure = errors_apiFailureOf(cause, deps);
        throw failedRequest(title, consequence, failure, await explainToken(failure, deps));
    }
}
/** What the API says about the token after it refused it; empty where it says nothing, or something else failed. */
async function explainToken({ isHtml, status }, { api, clock }) {
    if (isHtml || (status !== 401 && status !== 403))
        return '';
    try {
        const until = clock.now() + EXTRA_READ_MS;
        const { name, permissions } = await api.getTokenInfo({ until, patience: 'at_once' });
        const granted = permissions.length === 0 ? 'no permissions' : `the permissions ${permissions.join(', ')}`;
        return `The token${name === null ? '' : ` '${name}'`} has ${granted}.`;
    }
    catch {
        return '';
    }
}
/** Pages of the account's list that are cheaper than a request for each of several servers. */
const FEW_PAGES = 2;
/** How many pages the account's list may have in place of one list for each of so many servers. */
function mostPagesFor(servers) {
    return Math.min(MOST_PAGES - 1, Math.max(FEW_PAGES, servers - 1));
}
/** Several lists as one: complete only if all are; a snapshot that is in two of them stands in it once. */
function joinLists(lists) {
    const all = lists.flatMap((list) => list.snapshots);
    const first = new Map(all.toReversed().map((snapshot) => [snapshot.id, snapshot]));
    return {
        snapshots: all.filter((snapshot) => snapshot.id === null || first.get(snapshot.id) === snapshot),
        complete: lists.every((list) => list.complete),
        now: lists.at(-1)?.now ?? null,
        pages: lists.reduce((sum, list) => sum + list.pages, 0),
    };
}

;// CONCATENATED MODULE: ./build/github/summary.js


/** The job summary as Markdown: an audit record that reads from the result down to the detail. */
function renderSummary(summary) {
    const { rows = [], restores = [], retention = [], commands = [] } = summary;
    const { lead, alerts, events, step, linkTo } = summary;
    const servers = new Set([...rows, ...restores, ...retention].map(({ server }) => server));
    const ends = list([
        ['Trigger', escapeMarkdown(summary.trigger ?? '')],
        ['Why', escapeMarkdown(summary.explanation ?? '')],
        ['This step', isNamed(step) ? code(step) : ''],
    ]);
    return [
        `### ${escapeMarkdown(summary.headline)}\n\n`,
        lead === undefined ? '' : renderLead(lead, linkTo),
        ...alerts
            .filter((alert) => alert.kind !== 'notice' && alert !== lead)
            .map((alert) => renderAlert(alert, linkTo)),
        mergeLists(renderRestores(restores), renderRows(rows), retention.length === 0 ? ends : ''),
        ...retention.map(renderRetention),
        retention.length === 0 ? '' : ends,
        renderEvents(events, servers.size > 1),
        renderCommands(commands),
    ].join('');
}
/** A step without an id is called `__…` by GitHub's runner and by its number by others, which tells nobody anything. */
function isNamed(step) {
    return /^(?!__)[a-z_]/i.test(step);
}
/** Lists in a row are one: an empty line between them would space all of their entries. */
function mergeLists(...parts) {
    return parts.join('').replaceAll(/(?<=^- .*\n)\n(?=- )/gm, '');
}
function renderRows(rows) {
    const slots = rows.some((row) => row.slotsUsed != null);
    return table(['Server', 'Snapshot', 'Status', 'Size', 'Created', ...(slots ? ['Slots used'] : [])], rows.map((row) => [
        code(row.server),
        row.snapshotId === null ? 'none' : nameSnapshot(row.snapshotId, row.name),
        describeStatus(row),
        formatSize(row.sizeMb),
        showTime(row.createdAt),
        ...(slots ? [row.slotsUsed == null ? '–' : `${row.slotsUsed} of 5`] : []),
    ]));
}
function describeStatus({ snapshotId, status }) {
    if (status === null || status === '')
        return snapshotId === null ? '–' : 'unknown';
    return escapeMarkdown(status);
}
/** Id and name in one cell: a table with a column for each does not fit the page. */
function nameSnapshot(id, name) {
    const shown = id === null ? 'no usable id' : code(id);
    return name === null || name === '' ? shown : `${shown}<br>${code(name)}`;
}
const HEALTH = {
    passed: '✅ health check passed',
    failed: '❌ **health check failed**',
    not_checked: 'application not checked',
};
function renderRestores(restores) {
    const isFleet = restores.length > 1;
    // Of a single one the lead says when it goes back to, and what is with its snapshot.
    const [only] = restores;
    const showsTime = isFleet || only?.confirmed === false;
    return table([
        'Server',
        'Last seen',
        'Restore',
        'Snapshot',
        ...(showsTime ? ['Taken'] : []),
        ...(isFleet ? ['Writes lost'] : []),
    ], restores.map((restore) => [
        code(restore.server),
        describeServer(restore),
        describeOutcome(restore),
        `${nameSnapshot(restore.snapshotId, restore.name)}${isFleet ? `, ${restore.fate}` : ''}`,
        ...(showsTime ? [showTime(restore.createdAt)] : []),
        ...(isFleet ? [describeLoss(restore)] : []),
    ]));
}
function describeLoss({ requested, confirmed, loss }) {
    if (!requested)
        return 'none';
    return confirmed ? escapeMarkdown(loss) : `perhaps ${escapeMarkdown(loss)}`;
}
function describeServer({ serverStatus, started, confirmed, health }) {
    const server = serverStatus === null || serverStatus === '' ? 'unknown' : escapeMarkdown(serverStatus);
    const lines = [
        started ? `${server}, started by this step` : server,
        ...(confirmed ? [HEALTH[health]] : []),
    ];
    return lines.join(',<br>');
}
function describeOutcome({ requested, confirmed, hasEnded }) {
    if (confirmed)
        return '✅ confirmed';
    if (hasEnded)
        return '⚠️ ended, **server not started**';
    return requested ? '⚠️ **requested, not confirmed**' : '❌ **not restored**';
}
function renderRetention(retention) {
    const rows = retention.verdicts.map((verdict) => [
        nameSnapshot(verdict.snapshot.id, verdict.snapshot.name),
        resultOf(verdict, retention),
        escapeMarkdown(verdict.reason),
        escapeMarkdown(verdict.snapshot.status),
        showTime(verdict.snapshot.createdAt),
    ]);
    const facts = table(['Snapshot', 'Result', 'Why', 'Status', 'Created'], rows);
    return `${code(retention.server)}\n\n${facts}`;
}
function resultOf({ snapshot: { id }, action }, retention) {
    if (action === 'keep')
        return 'kept';
    if (retention.isPlan)
        return '**would be deleted**';
    if (id === null)
        return '❌ not deleted';
    if (retention.deleted.includes(id))
        return '**deleted**';
    const isUntouched = retention.kept.has(id) && !retention.failed.includes(id);
    return isUntouched ? '❌ not deleted' : '❌ not confirmed as deleted';
}
/** What to do and why, below the headline that says what is so. */
function renderLead(alert, linkTo) {
    const [first = '', ...more] = alert.text.split('\n');
    const lines = alert.headline === undefined ? [first, ...more] : more;
    return renderBlock(alert, lines, linkTo);
}
function renderAlert(alert, linkTo) {
    return renderBlock(alert, alert.text.split('\n'), linkTo, `**${escapeMarkdown(alert.title)}**\n\n`);
}
const SIGNS = { error: 'CAUTION', warning: 'WARNING', notice: 'NOTE' };
function renderBlock(alert, lines, linkTo, head = '') {
    // Our own words and checked ids: not escaped, so that it can be copied.
    const block = alert.command === undefined ? '' : `\n${codeBlock(alert.command)}`;
    const details = (alert.details ?? '').split('\n').map(renderLine).join('');
    const more = markdown_link(`More about “${alert.title}”`, linkTo(alert.title));
    const parts = [`${head}${lines.map(renderLine).join('')}${block}${details}`.trim(), more];
    const body = parts.filter((part) => part !== '').join('\n\n');
    if (body === '')
        return '';
    const quoted = `[!${SIGNS[alert.kind]}]\n${body}`.split('\n').map((line) => `> ${line}`.trimEnd());
    return `${quoted.join('\n')}\n\n`;
}
/** A line of an error: an entry of a list, or a paragraph. */
function renderLine(line) {
    if (line.trim() === '')
        return '';
    return line.startsWith('- ')
        ? `- ${escapeMarkdown(line.slice(2))}\n`
        : `\n${escapeMarkdown(line.trim())}\n\n`;
}
function renderCommands(commands) {
    if (commands.length === 0)
        return '';
    return details('Restore by hand (overwrites the server, cannot be undone)', `Needs a token in \`VPS_API_TOKEN\`. The \`restore\` action does the same, and verifies it.\n\n${codeBlock(commands.join('\n'))}`);
}
function renderEvents(events, withServer) {
    const [first] = events;
    if (first === undefined)
        return '';
    const rows = events.map(({ at, subject, text }) => [
        formatTime(at),
        `+${format_formatElapsed(Math.max(0, at - first.at))}`,
        ...(withServer ? [subject === '' ? '' : code(subject)] : []),
        escapeMarkdown(text),
    ]);
    return details('Timeline', table(['Time', 'After', ...(withServer ? ['Server'] : []), 'What'], rows));
}
/** The command that restores a snapshot by hand. Ids are checked, so nothing in them needs quoting. */
function restoreCommand(apiUrl, snapshotId) {
    return `curl --fail-with-body -X POST -H "Authorization: Bearer $VPS_API_TOKEN" ${apiUrl}/snapshots/${snapshotId}/restore/`;
}
/** The command that starts a server by hand. */
function startCommand(apiUrl, serverId) {
    return `curl --fail-with-body -X POST -H "Authorization: Bearer $VPS_API_TOKEN" -H "Content-Type: application/json" -d '{"action":"start"}' ${apiUrl}/servers/${serverId}/power/`;
}

;// CONCATENATED MODULE: ./build/actions/common/report.js


/** The headline of a dry run that found a mistake. */
function describeFailedPlan({ title }) {
    return `❌ Dry run: ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}
/** A job summary, with what each has: what happened, which step it was, and where to read on. */
function renderReport(summary, { log, job }) {
    return renderSummary({ ...summary, events: log.events(), step: job.origin.step, linkTo: log.linkTo });
}
/**
 * Runs a use case and writes its summary whatever happens. What the use case throws stands in it too: the
 * summary is what a person on call opens first. None is written where `render` has nothing to say.
 */
async function writeReport(deps, body, render) {
    const alerts = [];
    try {
        await body();
    }
    catch (error) {
        const reported = error instanceof CancelledError || error instanceof AlreadyReportedError;
        if (!reported)
            alerts.push(alertOf(error));
        throw error;
    }
    finally {
        const summary = render([...alerts, ...deps.log.alerts()]);
        if (summary !== '')
            await deps.runner.writeSummary(summary);
    }
}

;// CONCATENATED MODULE: ./build/snapshots/status.js
/** The API's two documented words. */
const COMPLETED = 'completed';
const IN_PROGRESS = 'in_progress';
const MEANINGS = new Map([
    [COMPLETED, 'completed'],
    ['failed', 'failed'],
    ['error', 'failed'],
    ['errored', 'failed'],
    ['cancelled', 'failed'],
    ['canceled', 'failed'],
    ['deleted', 'failed'],
]);
/**
 * The API documents two words only and none for a failure, so every other word is progress: a word nobody knows must
 * become neither success nor failure.
 */
function meaningOf(status) {
    return MEANINGS.get(status.trim().toLowerCase()) ?? 'pending';
}
function status_isCompleted({ status }) {
    return meaningOf(status) === 'completed';
}
function status_isFailed({ status }) {
    return meaningOf(status) === 'failed';
}
function isPending({ status }) {
    return meaningOf(status) === 'pending';
}
const DELETION = /(^|[^a-z])((pending)?(delet(e|ing|ion)|remov(e|ing|al)|destroy(ing)?)|being[^a-z]+(deleted|removed))(?![a-z])/;
const DENIAL = /(^|[^a-z])(no|not|fail|failed|failure|err|error)(?![a-z])/;
/**
 * A state that says that the snapshot is on its way out, such as `deleting`, `being_deleted` or `pending_deletion`: it
 * holds a slot, and nobody works on it. `deleted` is a failure, and `delete_failed` says nothing of the kind.
 */
function isBeingDeleted({ status }) {
    const word = status.trim().toLowerCase();
    return DELETION.test(word) && !DENIAL.test(word);
}
/** Two words that say the same but for a count: `creating 41%` and `creating 42%` are one line of a log. */
function isSameWord(one, other) {
    const plain = (word) => word.replace(/\d+([.,]\d+)?\s*%?/g, '').trim();
    return plain(one) === plain(other);
}

;// CONCATENATED MODULE: ./build/snapshots/age.js

/** Ages and order by the API's times alone: runners and servers disagree about the hour. */
/** The API's "now" is its `Date` header, which has whole seconds. */
const age_SECOND = 1000;
/** Milliseconds since creation, or `null` where it cannot be known: no time, an unreadable or a future one. */
function ageOf(snapshot, now) {
    if (snapshot.created === null || now === null || snapshot.created >= now + age_SECOND)
        return null;
    return Math.max(0, now - snapshot.created);
}
/** Sorts newest first; what has no readable time counts as newest, so that doubt protects it. */
function newestFirst(a, b) {
    if (a.created === b.created)
        return 0;
    if (a.created === null)
        return -1;
    if (b.created === null)
        return 1;
    return b.created - a.created;
}
/** Whether `other` may be newer than `mine`: equal and unreadable times count as newer. */
function mayBeNewer(other, mine) {
    return other.created === null || mine.created === null || other.created >= mine.created;
}
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** In progress for no more than a day, as far as anybody knows: somebody may work on it. */
function isAtWork(snapshot, now) {
    return isPending(snapshot) && !isBeingDeleted(snapshot) && (ageOf(snapshot, now) ?? 0) <= DAY;
}
/** In progress for more than a day, or on its way out: it holds a slot, and nobody works on it. */
function isDead(snapshot, now) {
    // Without a status it may be complete.
    return isPending(snapshot) && snapshot.status !== '' && !isAtWork(snapshot, now);
}

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = firstUse("node:crypto");
;// CONCATENATED MODULE: ./build/snapshots/marker.js

const PLAIN = { isProtected: false, isUnwaited: false, isUndo: false };
/** The longest description that is sent. */
const DESCRIPTION_LIMIT = 255;
const MARKER_LIMIT = 245;
const DEFAULT_HOST = 'github.com';
const OPENING = '[vps-snapshot ';
/**
 * The most characters of each value. Where a marker gets too long, repository, job and step are cut further, each
 * down to `SHARED`; with every value at its limit the marker then has 245 characters. The host decides whose a snapshot
 * is, so that it is written whole wherever that leaves room.
 */
const LIMITS = { repositoryId: 20, host: 16, repository: 36, runId: 20, job: 24, step: 24, sha: 7 };
const SHARED = 12;
const PATTERN = new RegExp([
    String.raw `\[vps-snapshot key=(?<key>[0-9a-f-]{36}) repo-id=(?<repositoryId>\S+)`,
    String.raw `(?: host=(?<host>\S+))? repo=(?<repository>\S+) run=(?<runId>[^\s/]+)/(?<attempt>\d{1,4})`,
    String.raw ` job=(?<job>\S+)(?: leg=(?<leg>[0-9a-f]{8}))? step=(?<step>\S+)(?: use=(?<use>\d{1,2}))?`,
    String.raw `(?<protect> protect)?(?<unwaited> wait=false)?(?<undo> undo)? sha=(?<sha>[^\s\]]+)\]$`,
].join(''));
/**
 * Fits a value into its place. A longer one keeps its beginning and gets a piece of its hash, so that two long values
 * that begin alike stay two; one that was cut before keeps the hash that it has.
 */
function fit(value, limit) {
    const clean = value.replace(/[^A-Za-z0-9._/~-]+/g, '-') || '-';
    if (clean.length <= limit)
        return clean;
    const hash = /~([0-9a-f]{8})$/.exec(clean)?.[1] ?? hashOf(clean).slice(0, 8);
    return `${clean.slice(0, limit - 9)}~${hash}`;
}
function hashOf(text) {
    return (0,external_node_crypto_namespaceObject.createHash)('sha256').update(text).digest('hex');
}
/** What tells the legs of a matrix apart, of `toJSON(matrix)`; empty where there is no matrix. */
function hashLeg(matrix) {
    const plain = matrix.replace(/\s+/g, '');
    return plain === '' || plain === 'null' || plain === '{}' ? '' : hashOf(plain).slice(0, 8);
}
/** The same leg in another call of a reusable workflow is another leg. */
function hashCalledLeg(leg, call) {
    return call === '' ? leg : hashOf(`${call}\n${leg}`).slice(0, 8);
}
/** The same origin on the shortest limits: equality of origins is defined on this form, whatever was written. */
function normalizeOrigin(origin) {
    return {
        host: fit(origin.host.toLowerCase() || DEFAULT_HOST, LIMITS.host),
        repositoryId: fit(origin.repositoryId, LIMITS.repositoryId),
        repository: fit(origin.repository, SHARED),
        runId: fit(origin.runId, LIMITS.runId).replaceAll('/', '-'),
        runAttempt: origin.runAttempt,
        job: fit(origin.job, SHARED),
        leg: origin.leg,
        step: fit(origin.step, SHARED),
        use: origin.use,
        sha: fit(origin.sha.slice(0, LIMITS.sha), LIMITS.sha),
    };
}
/** The marker as it stands at the end of a description: ASCII, at most 245 characters. */
function formatMarker(marker) {
    const plain = normalizeOrigin(marker);
    const host = fit(marker.host.toLowerCase() || DEFAULT_HOST, MARKER_LIMIT);
    const write = (cut, writtenHost) => {
        const share = (value, limit) => fit(value, Math.max(SHARED, limit - cut));
        const words = [
            `key=${marker.key}`,
            `repo-id=${plain.repositoryId}`,
            plain.host === DEFAULT_HOST ? '' : `host=${writtenHost}`,
            `repo=${share(marker.repository, LIMITS.repository)}`,
            `run=${plain.runId}/${plain.runAttempt}`,
            `job=${share(marker.job, LIMITS.job)}`,
            plain.leg === '' ? '' : `leg=${plain.leg}`,
            `step=${share(marker.step, LIMITS.step)}`,
            plain.use === 1 ? '' : `use=${plain.use}`,
            marker.isProtected ? 'protect' : '',
            marker.isUnwaited ? 'wait=false' : '',
            marker.isUndo ? 'undo' : '',
            `sha=${plain.sha}`,
        ];
        return `${OPENING}${words.filter((word) => word !== '').join(' ')}]`;
    };
    const most = LIMITS.repository - SHARED;
    for (const each of [host, plain.host]) {
        for (let cut = 0; cut <= most; cut += 1) {
            const text = write(cut, each);
            if (text.length <= MARKER_LIMIT)
                return text;
        }
    }
    return write(most, plain.host);
}
/** Reads the marker that ends a description; `null` for none, or for one that is cut or not at the end. */
function marker_parseMarker(description) {
    const groups = PATTERN.exec(description?.trimEnd() ?? '')?.groups;
    if (groups === undefined)
        return null;
    const { key = '', repositoryId = '', host, repository = '', runId = '', attempt, job = '' } = groups;
    const { leg = '', step = '', use = '1', protect, unwaited, undo, sha = '' } = groups;
    return {
        key,
        host: host ?? DEFAULT_HOST,
        repositoryId,
        repository,
        runId,
        runAttempt: Number(attempt),
        job,
        leg,
        step,
        use: Number(use),
        isProtected: protect !== undefined,
        isUnwaited: unwaited !== undefined,
        isUndo: undo !== undefined,
        sha,
    };
}
/** Whether a marker names this repository on this forge. */
function isOwn(marker, origin) {
    return marker !== null && isOfForge(marker, origin) && hasSameId(marker, origin);
}
function isOfForge(marker, { host }) {
    return fit(marker.host, LIMITS.host) === fit(host.toLowerCase() || DEFAULT_HOST, LIMITS.host);
}
function hasSameId(marker, { repositoryId }) {
    // Where the runner does not even give a name, nothing is known to be one's own.
    return (repositoryId !== '' &&
        fit(marker.repositoryId, LIMITS.repositoryId) === fit(repositoryId, LIMITS.repositoryId));
}
/** A repository as people tell it from this one: another may have its name, on this forge or on another. */
function nameRepository(marker, origin) {
    const { repository, repositoryId, host } = marker;
    if (!isOfForge(marker, origin))
        return `${repository} on ${host}`;
    const isNamesake = !hasSameId(marker, origin) && fit(repository, SHARED) === fit(origin.repository, SHARED);
    return isNamesake ? `${repository}, id ${repositoryId}` : repository;
}
/** Who made a snapshot that is not this repository's own, for people. */
function describeMaker(marker, origin) {
    return marker === null ? 'not made by this action' : `made by ${nameRepository(marker, origin)}`;
}
/** Whether a marker names this run, of whichever attempt. */
function marker_isOfRun(marker, origin) {
    if (marker === null || !isOwn(marker, origin))
        return false;
    return normalizeOrigin(marker).runId === normalizeOrigin(origin).runId;
}
/** Whether a marker names this very step, of whichever attempt: its run, job, leg, step and use. */
function isOfStep(marker, origin) {
    if (marker === null || !marker_isOfRun(marker, origin))
        return false;
    const [one, other] = [normalizeOrigin(marker), normalizeOrigin(origin)];
    return one.job === other.job && one.leg === other.leg && one.step === other.step && one.use === other.use;
}
/**
 * The description to send: the user's text, then the marker. The text loses control characters and whatever
 * could be read as a marker, and is the part that is cut; `cut` says that it was.
 */
function describeSnapshot(text, marker) {
    const ending = formatMarker(marker);
    const clean = text
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
        .replace(/\[\s*vps-snapshot\b/gi, '(vps-snapshot')
        .trim();
    const room = DESCRIPTION_LIMIT - ending.length - 1;
    const cut = clean.length > room;
    const kept = cut ? cutToLength(clean, room) : clean;
    return { description: kept === '' ? ending : `${kept} ${ending}`, cut };
}
/** Never half of a character that takes two places. */
function cutToLength(text, room) {
    let kept = '';
    for (const character of text) {
        if (kept.length + character.length > room)
            break;
        kept += character;
    }
    return kept.trimEnd();
}

;// CONCATENATED MODULE: ./build/snapshots/kinds.js
/**
 * What happens to an own snapshot of each kind (`docs/how-it-works/retention.md`, "Kinds of snapshots"). The second of two
 * with one key is deleted whatever its kind.
 */
// prettier-ignore
const KINDS = {
    counts: { ordinary: true, protected: false, undo: false, unwaited: true },
    prune: { ordinary: 'beyond_newest', protected: 'never', undo: 'after_a_day', unwaited: 'beyond_newest' },
    rotate: { ordinary: 'oldest', protected: 'never', undo: 'before', unwaited: 'oldest' },
    deleteOption: { ordinary: 'own', protected: 'input_error', undo: null, unwaited: 'own' },
    reuse: { ordinary: 'alike', protected: 'alike', undo: 'never', unwaited: 'alike' },
    latest: { ordinary: 'yes', protected: 'yes', undo: 'never', unwaited: 'warned' },
    newerInPost: { ordinary: 'refuse', protected: 'refuse', undo: 'refuse', unwaited: 'refuse' },
    newerInRestore: { ordinary: 'refuse', protected: 'refuse', undo: 'note', unwaited: 'refuse' },
};
/** How a snapshot is treated; one of several kinds as the first of them that is not treated like an ordinary one. */
function kinds_treat(row, marker) {
    const { ordinary, ...special } = KINDS[row];
    const treatments = [
        ...(marker.isProtected ? [special.protected] : []),
        ...(marker.isUndo ? [special.undo] : []),
        ...(marker.isUnwaited ? [special.unwaited] : []),
    ];
    return treatments.find((treatment) => treatment !== ordinary) ?? ordinary;
}

;// CONCATENATED MODULE: ./build/snapshots/slots.js






/** Snapshots that a server can have; one in progress is assumed to count. */
const SLOT_LIMIT = 5;
/** Whether a new snapshot has a slot, and which one would be deleted to make room. */
function planSlot(facts) {
    const { snapshots, whenFull, now } = facts;
    if (snapshots.length < SLOT_LIMIT)
        return { kind: 'free' };
    if (whenFull === 'fail')
        return { kind: 'full', reason: "'when_full' is 'fail'" };
    if (!facts.complete)
        return { kind: 'full', reason: 'the list of snapshots is incomplete, so none is deleted' };
    const own = snapshots.filter((s) => isOwn(marker_parseMarker(s.description), facts.origin));
    if (own.length === 0)
        return { kind: 'full', reason: 'none of them was made by this repository' };
    if (own.some((s) => isAtWork(s, now))) {
        return { kind: 'full', reason: 'a snapshot of this repository is still in progress there' };
    }
    const candidates = own.filter((s) => isCandidate(s, facts)).toSorted((a, b) => newestFirst(b, a));
    const toDelete = candidates.find((s) => status_isFailed(s) || isDead(s, now)) ??
        candidates.find((s) => howToRotate(s) === 'before') ??
        candidates[0];
    if (toDelete === undefined)
        return { kind: 'full', reason: reasonForNone(own) };
    const isRestorePoint = status_isCompleted(toDelete);
    return {
        kind: 'rotate',
        toDelete,
        reason: reasonFor(toDelete),
        isLastRestorePoint: isRestorePoint && own.filter(status_isCompleted).length === 1,
    };
}
/** One of an earlier run that may be deleted, and whose place in the order is known. */
function isCandidate(snapshot, { origin, now }) {
    return (howToRotate(snapshot) !== 'never' &&
        !marker_isOfRun(marker_parseMarker(snapshot.description), origin) &&
        isAddressable(snapshot) &&
        server_idsOf(snapshot.server).length > 0 &&
        !isBeingDeleted(snapshot) &&
        (!isPending(snapshot) || isDead(snapshot, now)) &&
        ageOf(snapshot, now) !== null);
}
function howToRotate({ description }) {
    const marker = marker_parseMarker(description);
    return marker === null ? 'never' : kinds_treat('rotate', marker);
}
function reasonFor(snapshot) {
    if (status_isFailed(snapshot))
        return `it failed ('${snapshot.status}') and is not a restore point`;
    if (isPending(snapshot))
        return `it has been '${snapshot.status}' for more than a day`;
    if (howToRotate(snapshot) === 'before')
        return 'it was taken before a restore, to undo it';
    return "it is this repository's oldest";
}
function reasonForNone(own) {
    const kept = own.filter((s) => howToRotate(s) === 'never').length;
    const others = 'made by this run, are being deleted, or have no usable id, server, time or status, and are not deleted';
    if (kept === 0)
        return `this repository's own ones were ${others}`;
    const protectedOnes = `${kept} of this repository's own are protected`;
    return kept === own.length ? protectedOnes : `${protectedOnes}; its others were ${others}`;
}
/** Marked snapshots in progress that this step did not make: somebody else works on the server. */
function findRunning(snapshots, ownKey, now) {
    return snapshots.flatMap((snapshot) => {
        const marker = marker_parseMarker(snapshot.description);
        return marker !== null && marker.key !== ownKey && isAtWork(snapshot, now) ? [{ snapshot, marker }] : [];
    });
}

;// CONCATENATED MODULE: ./build/actions/creating/errors.js







/** Why no snapshot came about, for which server, and what to do: the errors of planning and creating. */
/** All slots are in use: who has them, so that a person can decide. `remark` follows "no snapshot was made". */
function serverFull(progress, deps, snapshots, remark, options) {
    const { cause } = options;
    const lines = snapshots.map((snapshot) => describeSlot(snapshot, deps, options.now));
    return new FailedError('No free snapshot slot', `${labelOf(progress.record)} has ${snapshots.length} snapshots of the ${SLOT_LIMIT} that VPS.org allows, so no snapshot was made${remark}.${describeRotation(progress)}\n${adviseOnFull(snapshots, deps, options.whenFull === 'fail')}`, { cause, details: [...lines, ...(cause === undefined ? [] : [cause.request])].join('\n') });
}
/** How to get a slot, given whose the snapshots are. */
function adviseOnFull(snapshots, deps, mayRotate) {
    const own = snapshots.filter((s) => isOwn(marker_parseMarker(s.description), deps.job.origin));
    if (snapshots.every(isPending))
        return 'All of them are in progress: wait until they are complete.';
    if (own.length === 0)
        return "None of them was made by this repository, so neither 'when_full: rotate' nor the prune action would delete one. Delete one that nobody needs, in the panel of VPS.org or with the delete action and 'force: true'. Then run the job again.";
    const remove = 'Delete one that nobody needs (with the delete action or in the panel of VPS.org)';
    const keep = "keep fewer with 'keep_last' or the prune action";
    const rotate = "set 'when_full: rotate' to let this action delete one of this repository's own";
    return `${remove}, ${mayRotate ? `${keep}, or ${rotate}` : `or ${keep}`}. Then run the job again.`;
}
function describeSlot(snapshot, deps, now) {
    const marker = marker_parseMarker(snapshot.description);
    const { origin } = deps.job;
    const whose = isOwn(marker, origin) ? 'made by this repository' : describeMaker(marker, origin);
    const age = ageOf(snapshot, now);
    const since = age === null ? 'of unknown age' : `${format_formatElapsed(age)} old`;
    const { id, name, status, createdAt, sizeMb } = snapshot;
    return `- ${printId(id)} ${name ?? '(no name)'}: ${status || 'no status'}, ${since} (${createdAt ?? 'no time'}), ${formatSize(sizeMb)}, ${whose}`;
}
const AMBIGUOUS = 'VPS.org gives the same answer for a wrong request, a taken name and a full server.';
const NOT_FULL = `${AMBIGUOUS} Its list does not show ${SLOT_LIMIT} snapshots`;
const REMARKS = {
    at_work: 'The server was still at work when the time for the request ended, and that may be the reason.',
    list_unreadable: `${AMBIGUOUS} Its list could not be read either, so look at the reason it gave.`,
    not_full: `${NOT_FULL}, so look at the reason it gave.`,
    renamed: `${NOT_FULL}, and a second name was refused as well, so look at the reason it gave.`,
};
/** The sentence about it; a conflict speaks for itself unless the server was at work. */
function remarkOn(finding, { status }) {
    return status === 400 || finding === 'at_work' ? REMARKS[finding] : '';
}
const NO_SUCH_SERVER = "No such server, or the token may not see it: check 'server_id' in the panel of VPS.org.";
/** What was deleted to make room, and what is left; empty where nothing was. */
function describeRotation({ rotated }) {
    if (rotated === null)
        return '';
    const { snapshot, isCertain } = rotated;
    const named = `${snapshot.id} (${snapshot.name ?? 'no name'})`;
    return isCertain
        ? ` Snapshot ${named} was deleted to make room.`
        : ` The deletion of snapshot ${named} to make room was requested, outcome unknown.`;
}
/** The request was refused or not carried out. `remark` is a further sentence. */
function notCreated(progress, deps, failure, remark) {
    const { record, rotated, before } = progress;
    const earlier = record.resentAt === null
        ? ''
        : 'An earlier request of this step had an unclear answer, so the snapshot may exist; the post step will look for it.';
    const left = (before ?? []).map((snapshot) => describeSlot(snapshot, deps, deps.clock.wall()));
    const rotation = rotated === null
        ? ''
        : `${describeRotation(progress).trim()} Left on the server:\n${left.join('\n') || '- none'}`;
    const isUnknown = failure.status === 404 && !failure.isHtml;
    const remarks = [isUnknown ? NO_SUCH_SERVER : '', remark, earlier, rotation];
    return failedRequest('No snapshot was made', `no snapshot was made of ${labelOf(record)}`, failure, remarks.filter((each) => each !== '').join('\n'));
}
/** Nobody can know whether the request was carried out. */
function unknownOutcome({ record }, cause) {
    return new FailedError('Unknown whether a snapshot was made', `${labelOf(record)}: the answer to the create request was lost, and the lists do not show whether it was carried out. A snapshot ${record.name} may exist or may still appear; the post step looks once more. Run the job again when the API works.`, { cause });
}
/** A snapshot that looks like this step's but does not carry its marker. */
function unmarkedCandidate({ record }, candidate, cause) {
    return new FailedError('Unknown whether a snapshot was made', `${labelOf(record)}: the answer to the create request was lost. Snapshot ${printId(candidate.id)} has the name ${record.name} but not the description that was sent, so nobody can tell whether it is this step's. Look at it in the panel of VPS.org.`, { cause });
}
/** The answer is about something that this step cannot have made. */
function mismatchedAnswer({ record }, snapshot, what) {
    return new FailedError("Unexpected snapshot in the API's answer", `${labelOf(record)}: VPS.org answered the create request with snapshot ${snapshot.id}, which ${what}. This step does not claim it, and whether a new one (${record.name}) exists is unknown; the post step will look for it. Check the server in the panel of VPS.org.`);
}
/** The snapshot exists, and its id must not be used. */
function withoutId({ record }) {
    return new FailedError('Snapshot without a usable id', `${labelOf(record)}: the snapshot ${record.name} was made, but the API gives it an id that cannot be used safely. Look for it in the panel of VPS.org.`);
}

;// CONCATENATED MODULE: ./build/actions/common/heartbeat.js

/** How often something that is waited for has a line in the log. */
const HEARTBEAT_MS = 30_000;
/** A shorter outage is nothing that people need to know. */
const OUTAGE_MS = 10_000;
/** So many subjects are named, each with its state; of more the same number for each state, and the rest is counted. */
const MOST_SUBJECTS = 3;
/** A heartbeat that prints "Still `doing` after …: …"; `usual` says how long it usually takes. */
function heartbeat_createHeartbeat(doing, { clock, log }, usual = '') {
    const startedAt = clock.now();
    const waiting = new Map();
    let printedAt = startedAt;
    return {
        set: (subject, state) => void waiting.set(subject, state),
        remove: (subject) => void waiting.delete(subject),
        beat() {
            const now = clock.now();
            if (waiting.size === 0 || now - printedAt < HEARTBEAT_MS)
                return;
            printedAt = now;
            const hint = usual === '' ? '' : ` (${usual})`;
            log.info(`Still ${doing} after ${format_formatElapsed(now - startedAt)}${hint}: ${describeAll(waiting)}`);
        },
    };
}
function describeAll(waiting) {
    if (waiting.size <= MOST_SUBJECTS)
        return [...waiting].map(([subject, state]) => `${subject}: ${state}`).join(', ');
    const groups = Map.groupBy(waiting, ([, state]) => state);
    return [...groups]
        .map(([state, members]) => {
        const named = members.slice(0, MOST_SUBJECTS).map(([subject]) => subject);
        const more = members.length - named.length;
        return `${state}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    })
        .join(' · ');
}
/** Prints what the API client waits for: an API that does not answer, or that limits the number of requests. */
function createOutageLog({ clock, log }) {
    let printedAt = null;
    let endedAt = Number.NEGATIVE_INFINITY;
    return {
        waiting(failure, elapsed) {
            const now = clock.now();
            // Under a limit on requests one short outage follows the other: that is no news each time.
            if (printedAt === null && now - endedAt < HEARTBEAT_MS)
                return;
            if (elapsed < OUTAGE_MS || (printedAt !== null && now - printedAt < HEARTBEAT_MS))
                return;
            const text = `Still waiting for the API after ${format_formatElapsed(elapsed)}: ${failure.message}`;
            if (printedAt === null)
                log.event('', text);
            else
                log.info(text);
            printedAt = now;
        },
        answered() {
            if (printedAt !== null) {
                log.event('', 'the API answers again');
                endedAt = clock.now();
            }
            printedAt = null;
        },
    };
}

;// CONCATENATED MODULE: ./build/vps/clock.js
/** Longest time in milliseconds that a timer of the runtime takes; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** A longer pause is cut into slices, in milliseconds, so that somebody can say what is waited for. */
const SLICE_MS = 10_000;
/** Sleeps `ms`, or until `signal` is aborted, and calls `beat` after each slice. */
async function sleepInSlices(clock, ms, signal, beat) {
    for (let rest = ms; rest > 0 && !signal.aborted; rest -= SLICE_MS) {
        await clock.sleep(Math.min(rest, SLICE_MS), signal);
        beat?.();
    }
}

;// CONCATENATED MODULE: ./build/actions/common/poll.js



/** A last read after the budget may take this long: what is done by then is no failure. */
const LAST_READ_MS = 2_000;
/**
 * Reads until a value ends the poll or the budget is over. Outages are ridden out; the last read may begin when the
 * budget ends. Throws {@link CancelledError}, and a {@link VpsError} for a refusal that stood.
 */
async function poll_poll(deps, options) {
    const { clock, until } = deps;
    const { patience, readTime = Number.POSITIVE_INFINITY, overtime = LAST_READ_MS } = options;
    for (;;) {
        const now = clock.now();
        const end = Math.min(Math.max(until, now + overtime), now + readTime);
        let failure = null;
        let result;
        try {
            const value = await options.read({ until: end, patience });
            result = await options.decide(value, clock.now());
        }
        catch (error) {
            if (deps.cancelled.aborted)
                throw new CancelledError();
            if (!(error instanceof VpsError) || !(patience === 'never' || isTransient(error)))
                throw error;
            failure = error;
            result = (await options.onMiss?.(error)) ?? null;
        }
        if (result !== null)
            return { kind: 'done', value: result };
        const rest = until - clock.now();
        if (rest <= 0)
            return { kind: 'timeout', failure };
        options.beat?.();
        await pause(deps, Math.min(options.pause(), rest), options.beat);
    }
}
/**
 * Pauses, and calls `beat` meanwhile, so that a long pause is no silence. Throws {@link CancelledError} when the job
 * is or gets cancelled.
 */
async function pause({ clock, cancelled }, ms, beat) {
    await sleepInSlices(clock, ms, cancelled, beat);
    if (cancelled.aborted)
        throw new CancelledError();
}

;// CONCATENATED MODULE: ./build/actions/server/power-errors.js



const NOT_STOPPED = 'Server not stopped';
const NOT_STARTED = 'Server not started';
/** The API does not take the start, and it is tried again. */
const NOT_STARTED_YET = 'Server not started yet';
/** Its state cannot be read, so that nothing is stopped. */
function unreadableBeforeStop(target, cause) {
    return new FailedError(NOT_STOPPED, `${target.label}: 'stop_server' needs to read the server's state, which failed; nothing was stopped, and no snapshot was made. ${adviseOn(cause)}`, { cause });
}
/** It is in a state from which nothing is stopped. */
function notAtRest(target, status) {
    return new FailedError(NOT_STOPPED, `${target.label}: the server is '${status || 'without a status'}', neither active nor stopped, so it is not stopped for a snapshot. Nothing was changed, and no snapshot was made. Look at the server in the panel of VPS.org.`);
}
/** The API did not take the stop. */
function stopRefused(target, cause) {
    return new FailedError(NOT_STOPPED, `${target.label}: the server was not stopped: ${problemOf(cause)}. No snapshot was made. ${adviseOn(cause)}`, { cause });
}
/** The stop was requested, and `stopped` was not seen in time; a start follows. */
function stopNotSeen(target, cause) {
    return new FailedError(NOT_STOPPED, `${target.label}: a stop was requested, and the server was not seen stopped within ${formatDuration(BUDGETS.stop)}. No snapshot was made, and a start is requested now. Look at the server in the panel of VPS.org, or take the snapshot without 'stop_server'.`, cause === null ? {} : { cause });
}
/** The server was not seen to be up, and to stay up, in time. */
function notStarted(target, failed) {
    const { status, isAccepted, mayStillStop, cause } = failed;
    const state = status === 'stopped'
        ? 'the server is STOPPED'
        : `the server is ${status === null ? 'in an unknown state' : `'${status}'`}`;
    const start = isAccepted
        ? 'a start was requested and accepted, and it was not seen up in time'
        : 'no start was accepted';
    const late = mayStillStop ? '; the stop that this step requested may still take effect' : '';
    return new FailedError(NOT_STARTED, `${target.label}: ${state}: ${start}${late}. START IT BY HAND in the panel of VPS.org if it is stopped.`, cause === null ? {} : { cause });
}
/** A permission is missing only where the API speaks of one. */
function adviseOn({ status, isHtml }) {
    return (status === 401 || status === 403) && !isHtml
        ? "Give the token the permission to read, stop and start servers, or use 'stop_server: false'."
        : "Look at the server in the panel of VPS.org, or take the snapshot without 'stop_server'.";
}
function problemOf(cause) {
    return cause.status === 404
        ? 'VPS.org does not know this server or this call (the power call is not in its documentation)'
        : 'VPS.org did not accept the request';
}

;// CONCATENATED MODULE: ./build/actions/server/power-request.js

/**
 * Sends a start or a stop, until `until` (monotonic milliseconds); gives why it was not taken, `null` where it was. A lost
 * answer is none that was.
 */
async function requestPower(action, { id }, { api, until }) {
    try {
        await api.powerServer(id, action, { until });
        return null;
    }
    catch (error) {
        if (error instanceof VpsError)
            return error;
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/actions/server/rest.js



/** A server in one of these does nothing by itself. */
const AT_REST = new Set(['active', 'stopped', 'suspended', 'error', 'failed']);
function isAtRest({ status }) {
    return AT_REST.has(status);
}
/**
 * Waits until the server rests: a deploy may have rebooted it. One unknown word that stands for two minutes ends the
 * wait, too. Throws what the reads throw.
 */
async function waitForRest(reader, deps, options) {
    const { label, heartbeat } = options;
    const follow = followServer(reader, options.serverIds, options.newerThan);
    let word = null;
    let standing = null;
    const result = await poll_poll(deps, {
        read: async (limits) => {
            const { value, readAt } = await follow(limits);
            return { server: value, readAt, isKnown: true };
        },
        patience: options.patience,
        pause: () => deps.schedule.fastPoll,
        beat: () => heartbeat.beat(),
        decide: (rest, now) => {
            const { status } = rest.server;
            if (isAtRest(rest.server) || status === options.orStatus)
                return rest;
            if (word === null)
                deps.log.event(label, `the server is '${status || 'without a status'}'; waiting until it rests`);
            standing = stand(status === word ? standing : null, now);
            word = status;
            heartbeat.set(label, `'${status}'`);
            // A restore ends by itself, however long it takes.
            if (options.unknownWords === 'wait' || status === 'restoring')
                return null;
            return hasStood(standing, deps.schedule.span('unknownWord')) ? { ...rest, isKnown: false } : null;
        },
    });
    heartbeat.remove(label);
    return result;
}

;// CONCATENATED MODULE: ./build/actions/server/stop.js










/** Main stopped this server, or tried to, and has not seen it up again. */
function isStoppedByUs(power) {
    return power !== null && power.found === 'active' && power.stop !== 'none' && !power.started;
}
/**
 * Stops a running server and waits until it is `stopped`; leaves a stopped one alone. Throws a FailedError where
 * the server is in no state to be stopped, the API refuses, or it does not stop in time; then the caller starts it again.
 */
async function stopServer(target, deps, on) {
    const server = await readAtRest(target, within(deps, BUDGETS.stop));
    on.read(server);
    if (server.status === 'stopped') {
        on.save({ found: 'stopped', stop: 'none', stopAcceptedAt: null, started: false });
        deps.log.event(target.label, 'the server is already stopped and stays stopped');
        return;
    }
    if (server.status !== 'active')
        throw notAtRest(target, server.status);
    const budget = within(deps, BUDGETS.stop);
    await requestStop(target, budget, on);
    await waitUntilStopped(target, budget, on);
}
async function readAtRest(target, deps) {
    let status = '';
    const reader = noteServers(createServerReader('address', deps), (server) => void ({ status } = server));
    try {
        const rest = await waitForRest(reader, deps, {
            serverIds: [target.id],
            label: target.label,
            newerThan: Number.NEGATIVE_INFINITY,
            patience: 'standing',
            heartbeat: heartbeat_createHeartbeat('waiting for the server', deps),
            // Whatever it means, nothing is stopped in a state that nobody knows.
            unknownWords: 'wait',
        });
        if (rest.kind === 'done')
            return rest.value.server;
        throw rest.failure ?? notAtRest(target, status);
    }
    catch (error) {
        if (!(error instanceof VpsError))
            throw error;
        throw unreadableBeforeStop(target, error);
    }
}
/**
 * Sends the stop, again where the API refuses it for the moment; what was taken, or may have been, is saved, and what
 * was certainly not done is saved as such before the next one.
 */
async function requestStop(target, deps, { save }) {
    const found = 'active';
    const heartbeat = heartbeat_createHeartbeat('waiting until the server can be stopped', deps);
    deps.log.event(target.label, 'stopping the server');
    for (let tries = 1;; tries += 1) {
        save({ found, stop: 'requested', stopAcceptedAt: deps.clock.wall(), started: false });
        const failure = await requestPower('stop', target, deps);
        if (failure === null) {
            save({ found, stop: 'accepted', stopAcceptedAt: deps.clock.wall(), started: false });
            return;
        }
        if (outcomeOf(failure) === 'unclear') {
            deps.log.event(target.label, `unclear answer to the stop request: ${failure.message}`);
            return;
        }
        save({ found, stop: 'none', stopAcceptedAt: null, started: false });
        if (deps.cancelled.aborted)
            throw new CancelledError();
        const isLate = deps.clock.now() + deps.schedule.resend >= deps.until;
        if (isLate || !(await mayPass(target, deps, failure)))
            throw stopRefused(target, failure);
        if (tries === 1)
            deps.log.event(target.label, `the stop is not taken yet: ${failure.message}`);
        heartbeat.set(target.label, failure.message);
        await pause(deps, deps.schedule.resend, () => heartbeat.beat());
    }
}
/** Whether a refusal may pass by itself. Of a bad request that is so only where the server's state can be the cause. */
async function mayPass(target, deps, failure) {
    if (!isMomentary(failure))
        return false;
    return failure.status !== 400 || failure.isHtml || !(await isResting(target, deps));
}
/** Whether the state of the server is no reason for a refusal. */
async function isResting({ id }, deps) {
    try {
        return isAtRest(await reader_readServer(id, deps)({ until: deps.until, patience: 'at_once' }));
    }
    catch {
        return true;
    }
}
async function waitUntilStopped(target, deps, { save }) {
    const heartbeat = heartbeat_createHeartbeat('waiting until the server is stopped', deps);
    let reads = 0;
    const result = await poll_poll(deps, {
        read: reader_readServer(target.id, deps),
        patience: 'never',
        pause: () => deps.schedule.fastPoll,
        beat: () => heartbeat.beat(),
        decide: ({ status }) => {
            heartbeat.set(target.label, `'${status}'`);
            // One read may be stale, and show an earlier stop.
            reads = status === 'stopped' ? reads + 1 : 0;
            return reads >= CERTAIN_READS ? true : null;
        },
    });
    if (result.kind === 'timeout')
        throw stopNotSeen(target, result.failure);
    save({ found: 'active', stop: 'confirmed', stopAcceptedAt: deps.clock.wall(), started: false });
    deps.log.event(target.label, 'the server is stopped');
}

;// CONCATENATED MODULE: ./build/snapshots/lookup.js




/** Whether an id that this list does not show is not there: one without a usable id could be any. */
function provesAbsence(list) {
    return list.complete && list.snapshots.every(hasId);
}
/** All listed snapshots that carry a key, best first: completed before pending before failed, then oldest. */
function findByKey(snapshots, key) {
    const rank = { completed: 0, pending: 1, failed: 2 };
    return snapshots
        .filter((s) => marker_parseMarker(s.description)?.key === key)
        .toSorted((a, b) => rank[meaningOf(a.status)] - rank[meaningOf(b.status)] || newestFirst(b, a));
}
/**
 * Which of the snapshots with a step's key may go: all but its own, which the outputs name, when that is completed;
 * all but a completed duplicate when its own has failed. `null` while no completed one is known to stay.
 */
function findExtras(own, duplicates) {
    const keeper = isFailed(own) ? duplicates.find(isCompleted) : [own].find(isCompleted);
    return keeper === undefined ? null : [own, ...duplicates].filter((each) => each !== keeper);
}
/** A new snapshot of this name without any marker: likely this step's, on an API that drops descriptions. */
function findUnmarked(snapshots, name, before) {
    const known = new Set(before?.map((s) => s.id));
    return snapshots.find((s) => s.name === name && !known.has(s.id) && marker_parseMarker(s.description) === null);
}

;// CONCATENATED MODULE: ./build/snapshots/name.js
/** Snapshot names from a template; the API allows letters, digits, hyphens and underscores. */
/** Our own bound; the API documents none. */
const NAME_LIMIT = 100;
const PLACEHOLDERS = [
    'owner',
    'repo',
    'ref',
    'sha',
    'sha7',
    'run_id',
    'run_number',
    'run_attempt',
    'job',
    'workflow',
    'server_id',
    'date',
    'time',
];
/** The values that may lose their end in a long name; everything else identifies something. */
const SHORTENED = new Set(['owner', 'repo', 'ref', 'job', 'workflow']);
const KNOWN = new Set(PLACEHOLDERS);
function isPlaceholder(word) {
    return KNOWN.has(word);
}
/** Splits a template into text and placeholders; throws one `Error` whose message names every mistake. */
function parseTemplate(template) {
    const parts = [];
    const problems = [];
    const unknown = [];
    const illegal = new Set();
    for (const piece of template.split(/(\{[^{}]*\})/)) {
        const word = /^\{([^{}]*)\}$/.exec(piece)?.[1];
        if (word === undefined) {
            for (const character of piece.replace(/[A-Za-z0-9_-]/g, ''))
                illegal.add(character);
            if (piece !== '')
                parts.push({ text: piece });
        }
        else if (isPlaceholder(word)) {
            parts.push({ placeholder: word });
        }
        else {
            unknown.push(`{${word}}`);
        }
    }
    if (illegal.size > 0) {
        problems.push(`it contains ${[...illegal].map((c) => JSON.stringify(c)).join(', ')}; only letters, digits, '-' and '_' are allowed outside placeholders`);
    }
    if (unknown.length > 0) {
        problems.push(`unknown placeholder ${unknown.join(', ')}; known ones are {${PLACEHOLDERS.join('} {')}}`);
    }
    if (parts.length === 0 && problems.length === 0)
        problems.push('it is empty');
    const fixed = parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 1), 0);
    if (fixed > NAME_LIMIT)
        problems.push(`its own text is longer than ${NAME_LIMIT} characters`);
    if (problems.length > 0)
        throw new Error(problems.join('; '));
    return parts;
}
/** A value as it may stand in a name: `feature/#441` gives `feature-441`, nothing gives `x`. */
function cleanValue(value) {
    return value.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'x';
}
/**
 * The name, at most {@link NAME_LIMIT} characters. Too long a name is shortened in its longest values, never
 * in ids or times; throws where the ids and the template's own text alone are too long.
 */
function renderName(template, values) {
    const pieces = template.map((part) => 'text' in part
        ? { text: part.text, shortened: false }
        : { text: cleanValue(values[part.placeholder]), shortened: SHORTENED.has(part.placeholder) });
    const lengthAt = (cap) => pieces.reduce((sum, p) => sum + (p.shortened ? Math.min(p.text.length, cap) : p.text.length), 0);
    let cap = Math.max(1, ...pieces.map((p) => p.text.length));
    while (cap > 1 && lengthAt(cap) > NAME_LIMIT)
        cap -= 1;
    if (lengthAt(cap) > NAME_LIMIT) {
        throw new Error(`the name would have ${lengthAt(cap)} characters; ids and fixed text alone exceed the limit of ${NAME_LIMIT}`);
    }
    return pieces
        .map((p) => p.shortened && p.text.length > cap ? p.text.slice(0, cap).replace(/-+$/, '') || 'x' : p.text)
        .join('');
}
/** The name for the one further try when the API already has this name under another key. */
function addKeySuffix(name, key) {
    const suffix = `-${key.replaceAll('-', '').slice(0, 6)}`;
    return `${name.slice(0, NAME_LIMIT - suffix.length)}${suffix}`;
}
/** `{date}` and `{time}` of an instant (epoch milliseconds), in UTC. */
function formatInstant(epochMs) {
    const iso = new Date(epochMs).toISOString();
    return { date: iso.slice(0, 10).replaceAll('-', ''), time: iso.slice(11, 19).replaceAll(':', '') };
}

;// CONCATENATED MODULE: ./build/actions/creating/server-list.js


/** The server's part of a list: its snapshots, and those with this step's key, wherever the API says they are. */
async function listServer(progress, deps, limits) {
    const list = await deps.api.listSnapshots({ serverId: progress.record.server }, limits);
    const match = matchServer(list.snapshots, progress.record.ids);
    const keyed = findByKey(list.snapshots, progress.record.key).filter((s) => !match.snapshots.includes(s));
    return { ...list, snapshots: [...match.snapshots, ...keyed] };
}

;// CONCATENATED MODULE: ./build/actions/creating/refusal.js













/**
 * What follows a refusal of the create request (`docs/how-it-works/creating.md`, "A refused create request"). The API
 * gives the same 400 for a bad request, a full server, a taken name and a busy server; only the server, a list and a
 * second name tell them apart. Gives a snapshot of this step that turned up, `null` when another request may be taken;
 * throws a FailedError where none will be.
 */
async function resolveRefusal(failure, progress, deps, options) {
    const { status } = failure;
    // Also while it is waited for another one. An earlier, unclear request of this step stays unclear.
    if (progress.record.resentAt === null)
        progress.save({ ...progress.record, phase: 'refused' });
    if (failure.isHtml || (status !== 400 && status !== 409))
        throw notCreated(progress, deps, failure, await explainToken(failure, deps));
    const passes = await passesWithTime(status, progress, deps, options);
    if (passes === 'yes')
        return null;
    const list = await readAfterRefusal(progress, deps, failure);
    const [snapshot, ...duplicates] = findByKey(list.snapshots, progress.record.key);
    if (snapshot !== undefined)
        return { snapshot, duplicates };
    const { name, key } = progress.record;
    const isResent = progress.record.resentAt !== null;
    // Its time is over, and the server is still at work: another name would not help.
    if (passes === 'busy')
        throw refusedAfter('at_work', failure, progress, deps);
    const candidate = isResent ? findUnmarked(list.snapshots, name, progress.before) : undefined;
    if (candidate !== undefined)
        throw unmarkedCandidate(progress, candidate, failure);
    const now = list.now ?? deps.clock.wall();
    if (list.snapshots.length >= SLOT_LIMIT) {
        const { whenFull, rotatedAt } = options;
        const remarks = [
            isResent
                ? ' by this request. An earlier one of this step had an unclear answer, and the post step looks for its snapshot'
                : '',
            whenFull === 'rotate' && rotatedAt === null
                ? ': it was not full when this step began, so nothing was rotated; run the job again'
                : '',
        ];
        const full = { now, whenFull, cause: failure };
        throw serverFull(progress, deps, list.snapshots, remarks.join(''), full);
    }
    // After a lost answer the name may be taken by this step's own first snapshot, which no list shows yet.
    const { isRenamed } = options.refusals;
    if (isRenamed || isResent)
        throw refusedAfter(isRenamed ? 'renamed' : 'not_full', failure, progress, deps);
    options.refusals.isRenamed = true;
    const longer = addKeySuffix(name, key);
    deps.log.event(labelOf(progress.record), `the request was refused, and the server is not full; the name ${name} may be taken, so ${longer} is tried`);
    progress.save({ ...progress.record, name: longer });
    return null;
}
/**
 * Waits where the refusal is of the moment: the server works on something, or a rotation is not counted yet. `yes`: the
 * request may be taken now · `no`: the moment is not the reason · `busy`: there is no time left, and it still is.
 */
async function passesWithTime(status, progress, deps, { rotatedAt }) {
    const { clock, schedule } = deps;
    const rotationEnd = rotatedAt === null ? 0 : rotatedAt + schedule.span('rotation');
    const waited = await waitUntilAtRest(progress, deps);
    if (waited !== 'no')
        return waited;
    if (status !== 400 || clock.now() + schedule.fastPoll >= Math.min(rotationEnd, deps.until))
        return 'no';
    await pause(deps, schedule.fastPoll);
    return 'yes';
}
/**
 * Whether the server was at work and has come to rest now (`yes`), or still is at work (`busy`). One that cannot be read
 * is no reason to wait, unless it was being restored when that was seen last: a restore would wipe the deploy.
 */
async function waitUntilAtRest(progress, deps) {
    let status = '';
    const reader = noteServers(createServerReader('address', deps), (server) => void ({ status } = server));
    const serverIds = idsShownBy(progress);
    try {
        const { value } = await reader.read(serverIds, deps.clock.now() - 1, {
            // A call that the API does not have may be answered with a web page for ever.
            until: Math.min(deps.until, deps.clock.now() + deps.schedule.span('refusal')),
            patience: 'at_once',
        });
        if (isAtRest(value))
            return 'no';
        await waitForRest(reader, deps, {
            serverIds,
            label: labelOf(progress.record),
            newerThan: deps.clock.now() - 1,
            // One stray refusal does not end the wait: a restore would wipe the deploy.
            patience: 'standing',
            heartbeat: heartbeat_createHeartbeat('waiting for the server', deps),
        });
        // The last read may show it at rest too late for another request.
        return deps.clock.now() < deps.until ? 'yes' : 'busy';
    }
    catch (error) {
        errors_apiFailureOf(error, deps);
        return status === 'restoring' ? 'busy' : 'no';
    }
}
/** The one list after a refusal, which tells a full server from a wrong request. */
async function readAfterRefusal(progress, deps, failure) {
    try {
        return await listServer(progress, deps, { until: deps.until });
    }
    catch (error) {
        if (deps.cancelled.aborted)
            throw new CancelledError();
        deps.log.debug(`no list after the refusal: ${String(error)}`);
        throw refusedAfter('list_unreadable', failure, progress, deps);
    }
}
function refusedAfter(finding, failure, progress, deps) {
    return notCreated(progress, deps, failure, remarkOn(finding, failure));
}

;// CONCATENATED MODULE: ./build/actions/creating/request.js












/**
 * Requests the snapshot of one server, exactly once as far as the API lets anybody know
 * (`docs/how-it-works/creating.md`, "Lost answers"): the intent is saved before each request, the id straight after
 * its answer, and an answer that was lost is looked for in the list instead of requested again.
 *
 * Throws a FailedError with the API's reason where none was made, or where nobody can know.
 */
async function createSnapshot(progress, deps, options) {
    const refusals = { isRenamed: false };
    for (;;) {
        const answer = await request(progress, deps, options);
        if (typeof answer === 'string')
            return answer;
        const failure = answer;
        if (deps.cancelled.aborted && outcomeOf(failure) === 'not_done') {
            // It never left, and is not to be looked for as if it had.
            if (progress.record.resentAt === null)
                progress.save({ ...progress.record, phase: 'planned' });
            throw new CancelledError();
        }
        if (outcomeOf(failure) === 'unclear') {
            const id = await resolveUnclear(failure, progress, deps);
            if (id !== null)
                return id;
            continue;
        }
        const found = await resolveRefusal(failure, progress, deps, { ...options, refusals });
        if (found !== null)
            return claim(progress, deps, found.snapshot, found.duplicates);
    }
}
/** After a lost answer: the id of the snapshot that was found, `null` when the request is to be sent once more. */
async function resolveUnclear(failure, progress, deps) {
    const id = await findLostAnswer(progress, deps, failure);
    if (id !== null)
        return id;
    if (progress.record.resentAt !== null)
        throw unknownOutcome(progress, failure);
    deps.log.event(labelOf(progress.record), `no list shows the snapshot ${progress.record.name}: sending the request once more, with the same key`);
    progress.save({ ...progress.record, resentAt: deps.clock.wall() });
    return null;
}
/** Sends one create request; gives the id of the snapshot, which is saved then, or what went wrong. */
async function request(progress, deps, { text, origin, flags }) {
    const { record } = progress;
    const { description, cut } = describeSnapshot(text, { ...origin, ...flags, key: record.key });
    if (cut && record.phase === 'planned') {
        deps.log.notice('Description cut', `${labelOf(record)}: 'description' was cut to what fits before the marker of this action.`);
    }
    progress.save({ ...progress.record, phase: 'intent' });
    try {
        const snapshot = await deps.api.createSnapshot({ serverId: record.server, name: record.name, description }, deps);
        refuseMismatch(progress, snapshot);
        const id = claim(progress, deps, snapshot, []);
        if (marker_parseMarker(snapshot.description)?.key !== record.key) {
            deps.log.warning('Description not kept', `VPS.org did not keep the description of snapshot ${snapshot.id} as it was sent. The snapshot is fine and known by its id; but rotation, retention, reuse and the check for newer snapshots cannot see that it belongs to this repository.`);
        }
        return id;
    }
    catch (error) {
        if (!(error instanceof VpsError))
            throw error;
        if (outcomeOf(error) === 'unclear')
            deps.log.event(labelOf(record), `unclear answer: ${error.message}`);
        return error;
    }
}
/** An answer about a snapshot that was there before, is of another step or of another server, is not claimed. */
function refuseMismatch(progress, snapshot) {
    const { record, before } = progress;
    const marker = marker_parseMarker(snapshot.description);
    if (before?.some((s) => s.id === snapshot.id))
        throw mismatchedAnswer(progress, snapshot, 'existed before the request');
    if (marker !== null && marker.key !== record.key) {
        throw mismatchedAnswer(progress, snapshot, `carries the marker of run ${marker.runId} of ${marker.repository}`);
    }
    if (contradicts(snapshot.server, record.ids)) {
        throw mismatchedAnswer(progress, snapshot, `belongs to server ${printServer(snapshot.server)}`);
    }
}
/** Takes a snapshot over as this step's own, and gives its id, which is saved before anything else happens. */
function claim(progress, deps, snapshot, duplicates) {
    progress.save({
        ...progress.record,
        phase: 'created',
        snapshotId: snapshot.id,
        idIsLossless: snapshot.idIsLossless,
        shown: marker_parseMarker(snapshot.description)?.key === progress.record.key,
        createdAt: snapshot.createdAt,
        sizeMb: snapshot.sizeMb,
        duplicates: duplicates.filter(hasId).map(({ id }) => id),
    });
    progress.recordIds(snapshot.server);
    progress.recordSnapshot(snapshot);
    if (!hasId(snapshot))
        throw withoutId(progress);
    const label = labelOf(progress.record);
    deps.log.event(label, `snapshot ${snapshot.id} (${snapshot.name ?? progress.record.name}) is being created`);
    for (const duplicate of duplicates) {
        const fate = isAddressable(duplicate)
            ? 'the post step will delete it'
            : 'it is kept; delete it in the panel of VPS.org';
        deps.log.event(label, `a second snapshot, ${printId(duplicate.id)}, has the same key; ${fate}`);
    }
    return snapshot.id;
}
/**
 * Looks for the key until it is there or certainly not: absent from enough complete lists. Lists that cannot show
 * everything prove nothing, and end the search when there were as many of them.
 */
async function findLostAnswer(progress, deps, failure) {
    const enough = isSlow(failure) ? LOST_ANSWER_READS.slow : LOST_ANSWER_READS.usual;
    let complete = 0;
    let incomplete = 0;
    let isFirst = true;
    const result = await poll_poll(deps, {
        // The API is given time to list what it may have begun.
        read: async (limits) => {
            if (!isFirst)
                return await listServer(progress, deps, limits);
            isFirst = false;
            return null;
        },
        pause: () => deps.schedule.fastPoll,
        decide: (list) => {
            if (list === null)
                return null;
            const [found, ...duplicates] = findByKey(list.snapshots, progress.record.key);
            if (found !== undefined)
                return { id: claim(progress, deps, found, duplicates) };
            const candidate = findUnmarked(list.snapshots, progress.record.name, progress.before);
            if (candidate !== undefined)
                throw unmarkedCandidate(progress, candidate, failure);
            if (list.complete)
                complete += 1;
            else
                incomplete += 1;
            if (incomplete >= enough)
                throw unknownOutcome(progress, failure);
            return complete >= enough ? { id: null } : null;
        },
    }).catch((error) => {
        throw error instanceof VpsError ? unknownOutcome(progress, error) : error;
    });
    if (result.kind === 'timeout')
        throw unknownOutcome(progress, failure);
    return result.value.id;
}

;// CONCATENATED MODULE: ./build/snapshots/polling/waiting.js




function startWatch(id, key) {
    return { id, key, seen: false, missing: null };
}
/**
 * What one more list, read at `now` (monotonic), says about a snapshot that is waited for
 * (`docs/how-it-works/waiting.md`, "Absence"). Absence counts in complete lists only. One that was accepted and never
 * listed is pending for as long as there is time.
 */
function observeList(watch, list, now, { span }) {
    const keyed = watch.key === null ? [] : findByKey(list.snapshots, watch.key);
    const listed = list.snapshots.find((s) => s.id === watch.id);
    const candidates = listed === undefined || keyed.includes(listed) ? keyed : [...keyed, listed];
    const snapshot = chooseSnapshot(candidates, watch.id);
    if (snapshot === null) {
        const absent = watch.key === null ? provesAbsence(list) || isOutOfReach(watch, list) : list.complete;
        const missing = absent ? stand(watch.missing, now) : watch.missing;
        const isMine = watch.key !== null;
        return {
            watch: { ...watch, missing },
            verdict: verdictOnMissing(watch, (name) => hasStood(missing, span(name))),
            snapshot: null,
            duplicates: [],
            isUnlisted: isMine && !watch.seen && hasStood(missing, span('notListed')),
        };
    }
    return {
        watch: { ...watch, id: snapshot.id, seen: true, missing: null },
        verdict: meaningOf(snapshot.status),
        snapshot,
        duplicates: candidates.filter((s) => s !== snapshot && s.id !== snapshot.id),
        isUnlisted: false,
    };
}
/** A list with more pages than are read shows it as little as one without it: polling that would lead nowhere. */
function isOutOfReach(watch, list) {
    return !watch.seen && !list.complete && list.pages >= MOST_PAGES;
}
function verdictOnMissing(watch, stood) {
    if (watch.seen)
        return stood('gone') ? 'gone' : 'pending';
    return watch.key === null && stood('wrongId') ? 'wrong_id' : 'pending';
}
/**
 * The oldest completed one; while none is completed, the one already named stays unless it has failed. One without
 * a usable id never takes the place of what has one.
 */
function chooseSnapshot(candidates, id) {
    const addressed = candidates.filter(hasId);
    const best = addressed[0] ?? null;
    const named = addressed.find((s) => s.id === id);
    if (named === undefined || best === null)
        return best;
    return status_isCompleted(best) || status_isFailed(named) ? best : named;
}

;// CONCATENATED MODULE: ./build/actions/waiting/list-reader.js

/**
 * One list for all servers: the server's own for one, the account's for several, as long as its pages are no more
 * requests than one for each server; else those.
 */
function createListReader({ api }) {
    let readsEach = false;
    return async (servers, limits) => {
        const distinct = [...new Set(servers)];
        const known = distinct.filter((id) => id !== null);
        const [only] = known;
        if (only !== undefined && distinct.length === 1)
            return await api.listSnapshots({ serverId: only }, limits);
        const isKnown = known.length === distinct.length;
        if (!isKnown)
            return await api.listSnapshots({}, limits);
        if (!readsEach) {
            const mostPages = mostPagesFor(known.length);
            const list = await api.listSnapshots({ mostPages }, limits);
            readsEach = list.pages > mostPages;
            if (!readsEach || list.complete)
                return list;
        }
        const lists = [];
        for (const serverId of known)
            lists.push(await api.listSnapshots({ serverId }, limits));
        return joinLists(lists);
    };
}

;// CONCATENATED MODULE: ./build/actions/waiting/wait-errors.js




/** Why a wait ended without a completed snapshot, and how to go on. */
/** It failed, is gone, or a person named one that is not there. */
function snapshotFailed({ target, watch, status }, verdict, list) {
    const label = target.label();
    switch (verdict) {
        case 'failed':
            return new FailedError('Snapshot failed', `${label}: VPS.org reports that snapshot ${watch.id} is '${status}', so it cannot be restored. Run the job again. If it fails again, check the server in the panel of VPS.org and delete the failed snapshot: it uses a slot.`);
        case 'gone':
            return new FailedError('Snapshot gone', `${label}: snapshot ${watch.id} is no longer listed. It was deleted, or VPS.org dropped it because it failed. Check for another workflow that prunes or rotates on this server, then run the job again.`);
        case 'wrong_id':
            return new FailedError('Snapshot not listed', `Snapshot ${watch.id} is not listed${target.serverId === null ? '' : ` for server ${target.serverId}`}: ${list.complete ? "check 'snapshot_id' and 'server_id', or it was deleted." : `the account has more than the ${list.snapshots.length} snapshots that can be listed. Set 'server_id', so that only that server's are.`} ${describeListed(list)}`);
    }
}
/** What there is instead, so that a wrong id can be corrected. */
function describeListed({ snapshots }) {
    if (snapshots.length === 0)
        return 'The list is empty.';
    const names = snapshots.map((s) => `${s.id || 'without an id'} (${s.name ?? 'no name'}, server ${printServer(s.server)})`);
    return `Listed are: ${nameSome(names)}.`;
}
/** The API refuses the list: a token that was revoked, for example. `remark` is what it says of the token. */
function lostContact(items, cause, remark) {
    return new FailedError('Lost contact while waiting', `The list of snapshots cannot be read, so the state of these is unknown: ${items.map(describeItem).join(', ')}. Nothing was deleted. Once the list can be read again, continue with the wait action and snapshot_id: ${joinIds(items)}.${remark === '' ? '' : `\n${remark}`}`, { cause, isExplained: true });
}
function timedOut(items, { timeout, timeoutInput }, outage) {
    // Where no list could be read, nothing is known about what it would have shown.
    const unlisted = items.filter(({ watch, target }) => watch.missing !== null && !watch.seen && target.key !== null);
    const accepted = unlisted.map(({ watch }) => `accepted as ${watch.id} but never listed`).join(', ');
    const note = accepted === '' ? '' : ` ${accepted}: look for it in the panel of VPS.org.`;
    const longer = timeoutInput === null ? '' : `, or increase '${timeoutInput}'`;
    return new FailedError('Timed out waiting for the snapshot', `${timeoutInput ?? 'the time for it'} (${timeout}) exceeded: ${items.map(describeItem).join(', ')}.${note} Nothing was deleted. Continue with the wait action and snapshot_id: ${joinIds(items)}${longer}.`, outage === null ? {} : { cause: outage });
}
/** This step's request was accepted, and lists do not show the snapshot yet. */
function warnUnlisted({ target, watch }, { log, schedule }) {
    const span = formatDuration(schedule.span('notListed'));
    log.warning('Snapshot not listed yet', `${target.label()}: VPS.org accepted the request as snapshot ${watch.id}, and has not listed it for ${span}. It is waited for until 'wait_timeout' ends.`);
}
function joinIds(items) {
    return items.map(({ watch }) => watch.id).join(',');
}
function describeItem(item) {
    return `snapshot ${item.watch.id} of ${item.target.label()} (${describeState(item)})`;
}
/** The state of one snapshot. */
function describeState({ watch, status }) {
    if (watch.missing !== null && watch.seen)
        return 'no longer listed';
    if (status !== '')
        return `'${status}'`;
    if (watch.seen)
        return 'without a status';
    return watch.missing === null ? 'not seen in any list' : 'not listed yet';
}

;// CONCATENATED MODULE: ./build/actions/waiting/snapshot-wait.js








const USUAL = 'a snapshot usually takes 3 to 10 minutes';
/** A waiter whose budget is `deps.until`. */
function createSnapshotWaiter(deps, options) {
    const items = [];
    const read = createListReader(deps);
    const heartbeat = heartbeat_createHeartbeat('waiting', deps, USUAL);
    const startedAt = deps.clock.now();
    let patience = options.firstPatience;
    let running = null;
    /** Its id and its server may become known later on. */
    function note(item) {
        heartbeat.remove(item.subject);
        item.subject = `snapshot ${item.watch.id} of ${item.target.label()}`;
        heartbeat.set(item.subject, describeState(item));
    }
    function update(list) {
        patience = 'standing';
        // What ends the wait keeps nobody from learning what the same list shows of the others.
        const [failure] = [...items].flatMap((item) => observe(item, list, deps, () => void items.splice(items.indexOf(item), 1)) ?? []);
        options.onRound?.();
        if (failure !== undefined)
            throw failure;
        return items.length === 0 ? true : null;
    }
    async function pollLists() {
        try {
            return await poll_poll(deps, {
                read: async (limits) => {
                    const servers = items.map(({ target }) => target.serverId);
                    return await read(servers, { ...limits, patience });
                },
                pause: () => {
                    const isUncertain = items.some(({ watch }) => !watch.seen || watch.missing !== null);
                    return isUncertain
                        ? deps.schedule.fastPoll
                        : deps.schedule.work('snapshot', deps.clock.now() - startedAt);
                },
                beat: () => heartbeat.beat(),
                decide: (list) => {
                    const ended = update(list);
                    for (const item of items)
                        note(item);
                    return ended;
                },
            });
        }
        catch (error) {
            if (!(error instanceof VpsError))
                throw error;
            throw lostContact(items, error, await explainToken(error, deps));
        }
    }
    /** What ends one wait ends all: the step is red, whatever becomes of the others. */
    async function start() {
        try {
            const result = await pollLists();
            if (result.kind === 'timeout')
                throw timedOut(items, options, result.failure);
        }
        catch (error) {
            const failure = error instanceof Error ? error : new Error(String(error));
            for (const item of items.splice(0))
                item.end(failure);
        }
        finally {
            running = null;
        }
    }
    return {
        async wait(target) {
            await new Promise((resolve, reject) => {
                const item = {
                    target,
                    subject: '',
                    watch: startWatch(target.id, target.key),
                    status: '',
                    duplicates: null,
                    isReportedUnlisted: false,
                    end: (error) => {
                        heartbeat.remove(item.subject);
                        if (error === null)
                            resolve();
                        else
                            reject(error);
                    },
                };
                items.push(item);
                running ??= start();
            });
        },
    };
}
/** What one list says about one snapshot; gives the error where it failed or is gone. */
function observe(item, list, deps, remove) {
    const { target } = item;
    const now = deps.clock.now();
    const { watch, verdict, snapshot, duplicates, isUnlisted } = observeList(item.watch, list, now, deps.schedule);
    if (watch.missing?.reads === 1 && watch.seen)
        deps.log.event(target.label(), `snapshot ${watch.id} is not listed any more, polling again`);
    item.watch = watch;
    if (snapshot !== null && snapshot.status !== item.status)
        reportStatus(item, snapshot, deps);
    const others = duplicates.map(({ id }) => id).join();
    if (snapshot !== null && duplicates.length > 0 && others !== item.duplicates) {
        item.duplicates = others;
        target.onDuplicates?.(snapshot, duplicates);
    }
    if (isUnlisted && !item.isReportedUnlisted) {
        item.isReportedUnlisted = true;
        warnUnlisted(item, deps);
    }
    if (verdict === 'failed' || verdict === 'gone' || verdict === 'wrong_id')
        return snapshotFailed(item, verdict, list);
    if (verdict === 'pending' || snapshot === null)
        return null;
    target.onCompleted(snapshot, list);
    remove();
    item.end(null);
    return null;
}
/** A word that only counts up is no line of its own. */
function reportStatus(item, snapshot, { log }) {
    const isNewWord = item.status === '' || !isSameWord(item.status, snapshot.status);
    item.status = snapshot.status;
    item.target.onSeen(snapshot);
    if (isNewWord)
        log.event(item.target.label(), `snapshot ${snapshot.id} is ${snapshot.status || 'without a status'}`);
}

;// CONCATENATED MODULE: ./build/snapshots/polling/starting.js

function createStarting(stop) {
    return {
        sawStopped: stop.wasSeen,
        wasDown: stop.wasSeen,
        isOfRestore: stop.isOfRestore === true,
        stopAcceptedAt: stop.acceptedAt,
        isStartAccepted: false,
        lastStart: null,
        active: null,
        word: null,
        wordStanding: null,
        mayBeRestoring: false,
    };
}
/** One more read of the server. */
function observeStart(state, status, now) {
    const isFirstStopped = status === 'stopped' && !state.sawStopped;
    const wordStanding = stand(status === state.word ? state.wordStanding : null, now);
    return {
        ...state,
        sawStopped: state.sawStopped || status === 'stopped',
        wasDown: state.wasDown || (status === 'stopped' && wordStanding.reads >= CERTAIN_READS),
        // What was accepted before the server went down may have been carried out before it, too.
        isStartAccepted: state.isStartAccepted && !isFirstStopped,
        lastStart: isFirstStopped ? null : state.lastStart,
        active: status === 'active' ? stand(state.active, now) : null,
        word: status,
        wordStanding,
        mayBeRestoring: state.mayBeRestoring || status === 'restoring',
    };
}
/** The API took a start, or refused it because the server is up already, which is as good. */
function noteStart(state, isAccepted, now) {
    return {
        ...state,
        wasDown: state.wasDown || (isAccepted && state.word === 'stopped'),
        lastStart: { at: now, isAccepted },
        isStartAccepted: state.isStartAccepted || isAccepted,
        active: isAccepted && !state.isStartAccepted ? null : state.active,
    };
}
/** Whether the server is up again, and stays so. */
function isUp(state, now, { span }) {
    if (!state.isStartAccepted || state.active === null)
        return false;
    if (state.isOfRestore)
        return hasStood(state.active, span('restoreEnd'));
    if (state.wasDown)
        return state.active.reads >= CERTAIN_READS;
    return hasStood(state.active, span('activeAgain')) && !mayStillStop(state, now, { span });
}
/** Whether a stop that was accepted, and not seen for certain, may still take effect. */
function mayStillStop(state, now, { span }) {
    return !state.wasDown && now - state.stopAcceptedAt < span('lateStop');
}
/** Whether a start is to be sent now. It costs nothing where the server is up. */
function wantsStart(state, now, { span, resend }) {
    const { lastStart, word } = state;
    if (lastStart !== null && now - lastStart.at < (lastStart.isAccepted ? span('startAgain') : resend))
        return false;
    if (state.mayBeRestoring && !hasEndedRestoring(state, now, { span }))
        return false;
    if (word === null || word === 'stopped')
        return true;
    if (word === 'active')
        return !(state.wasDown && state.isStartAccepted);
    return now - (state.wordStanding?.since ?? now) >= span('startAgain');
}
/** After a read that said `restoring` one other may be stale, and a start would come while the disk is written. */
function hasEndedRestoring({ word, wordStanding }, now, { span }) {
    if (word === null || wordStanding === null || word === 'restoring')
        return false;
    return word === 'stopped'
        ? wordStanding.reads >= CERTAIN_READS
        : now - wordStanding.since >= span('restoreEnd');
}

;// CONCATENATED MODULE: ./build/actions/server/start.js







/** A start is sent even while the server cannot be read: no single request may hold the next one up for longer. */
const READ_MS = 15_000;
/**
 * Starts a server, and waits until it is up and will stay so (`docs/how-it-works/power.md`, "Starting"). A refusal
 * is tried again within the budget, whatever it is. Throws a FailedError with what is so and what to do.
 */
async function startServer(target, deps, stop, read = reader_readServer(target.id, deps)) {
    const { clock, schedule, log } = deps;
    const heartbeat = heartbeat_createHeartbeat('waiting until the server is up', deps);
    let state = createStarting(stop);
    let status = null;
    const last = { refusal: null, isWarned: false };
    const reported = new Set();
    /** The same failures again and again, in whatever order, are one line each, and a heartbeat. */
    function report(failure) {
        const what = `${failure.kind} ${failure.status ?? ''}`;
        if (state.word !== 'active' && !reported.has(what)) {
            reported.add(what);
            log.event(target.label, `the start request failed, trying again: ${failure.message}`);
        }
        if (!isDenied(failure) || !isDenied(last.refusal) || last.isWarned)
            return;
        // It may be a stray answer and is tried again; but whoever can start the server should know now.
        last.isWarned = true;
        log.warning(NOT_STARTED_YET, `${target.label}: VPS.org refuses the start, and it is tried again. START IT BY HAND in the panel of VPS.org if it is stopped. ${failure.message}`, { topic: 'not_started_yet' });
    }
    async function act(next) {
        state = next;
        if (isUp(state, clock.now(), schedule)) {
            log.event(target.label, 'the server is active');
            return true;
        }
        if (!wantsStart(state, clock.now(), schedule))
            return null;
        if (state.lastStart === null)
            log.event(target.label, 'starting the server');
        const failure = await requestPower('start', target, { ...deps, until: clock.now() + READ_MS });
        if (failure !== null)
            report(failure);
        last.refusal = failure;
        const isUpAlready = state.word === 'active' && (failure?.status === 400 || failure?.status === 409);
        state = noteStart(state, failure === null || isUpAlready, clock.now());
        return null;
    }
    const result = await poll_poll(deps, {
        read,
        patience: 'never',
        readTime: READ_MS,
        pause: () => schedule.fastPoll,
        beat: () => heartbeat.beat(),
        decide: async (server, now) => {
            status = server.status;
            heartbeat.set(target.label, `'${status}'`);
            return await act(observeStart(state, status, now));
        },
        onMiss: async (failure) => {
            status = null;
            heartbeat.set(target.label, failure.message);
            return await act({ ...state, word: null });
        },
    });
    if (result.kind === 'done')
        return;
    throw notStarted(target, {
        status,
        isAccepted: state.isStartAccepted,
        mayStillStop: mayStillStop(state, clock.now(), schedule),
        cause: last.refusal ?? result.failure,
    });
}

;// CONCATENATED MODULE: ./build/actions/server/known-stop.js
/** What the saved record says of a stop, in this process's own time; a clock that went back makes it younger. */
function knownStop(power, { clock }) {
    const elapsed = power.stopAcceptedAt === null ? 0 : Math.max(0, clock.wall() - power.stopAcceptedAt);
    return { wasSeen: power.stop === 'confirmed', acceptedAt: clock.now() - elapsed };
}

;// CONCATENATED MODULE: ./build/actions/create/power.js







function powerTargetOf({ record }) {
    return { id: record.server, label: labelOf(record) };
}
/** Stops the server of one snapshot; what it was and what was requested is saved before it counts. */
async function stopForSnapshot(progress, deps) {
    await stopServer(powerTargetOf(progress), deps, {
        read: (server) => progress.recordIds(server),
        save: (power) => progress.save({ ...progress.record, power }),
    });
}
/**
 * Starts each server once, for as long as its budget allows; one that is not seen up again is an error here, and the
 * post step's to try again. After a cancel nothing is sent, and the post step does it all.
 */
function createStarter(deps) {
    const starts = new Map();
    return async (progress) => {
        const { power } = progress.record;
        if (!isStoppedByUs(power) || deps.cancelled.aborted)
            return;
        const start = starts.get(progress) ?? startOne(progress, power, deps);
        starts.set(progress, start);
        await start;
    };
}
async function startOne(progress, power, deps) {
    try {
        await startServer(powerTargetOf(progress), within(deps, BUDGETS.start), knownStop(power, deps));
        progress.save({ ...progress.record, power: { ...power, started: true } });
    }
    catch (error) {
        if (deps.cancelled.aborted)
            return;
        const { title, text } = alertOf(error);
        deps.log.error(title, `${text}\nThe post step will try again.`);
    }
}

;// CONCATENATED MODULE: ./build/snapshots/interlocks.js






const interlocks_SECOND = 1000;
const interlocks_UNITS = [
    ['d', DAY],
    ['h', HOUR],
    ['m', 60 * interlocks_SECOND],
    ['s', interlocks_SECOND],
    ['ms', 1],
];
const refuse = (reason) => ({ reason, isOfServerAlone: false });
const forbid = (reason) => ({ ...refuse(reason), forbidsByHand: true });
/** The interlocks of the post step: everything that stands against restoring, each in a sentence. */
function checkRollback(facts) {
    const check = checkSnapshot(facts);
    const { snapshot } = check;
    const refusals = [...check.refusals];
    if (facts.seenCompleted === null) {
        refusals.push(refuse('the snapshot was not confirmed complete before the deploy could start, so it may contain part of the deploy (use wait: true, or the wait action in this job before the deploy)'));
    }
    if (snapshot === null)
        return { ...check, refusals };
    const marker = marker_parseMarker(snapshot.description);
    if (marker !== null && marker.key !== facts.key)
        refusals.push(refuse('it carries the marker of another step'));
    // Where the API dropped our own marker it drops those of others: an unmarked newer one may be anybody's deploy.
    const unmarked = marker === null ? 'refuse' : 'warn';
    const { refused, warned } = checkNewer(facts, snapshot, { run: marker, unmarked, newer: 'newerInPost' });
    return { ...check, refusals: [...refusals, ...refused], warnings: warned };
}
/** The interlocks of the `restore` action: a person asked for exactly this snapshot. */
function checkRequestedRestore(facts, origin, allowOlder) {
    const check = checkSnapshot(facts);
    const { snapshot } = check;
    if (snapshot === null)
        return check;
    const refusals = [...check.refusals];
    const marker = parseMarker(snapshot.description);
    const isUnwaited = marker !== null && treat('latest', marker) === 'warned';
    if (allowOlder)
        return { ...check, isUnwaited };
    const hint = '(allow_older: true restores it anyway)';
    if (marker !== null && isOfRun(marker, origin) && marker.runAttempt < origin.runAttempt) {
        refusals.push(refuse(`it was made by attempt ${marker.runAttempt} of this run, and this is attempt ${origin.runAttempt}: re-run jobs keep outputs of earlier attempts ${hint}`));
    }
    const { refused, warned, undos } = checkNewer(facts, snapshot, {
        run: origin,
        unmarked: 'warn',
        newer: 'newerInRestore',
    });
    const hinted = refused.map(({ reason }) => refuse(`${reason} ${hint}`));
    return { snapshot, refusals: [...refusals, ...hinted], warnings: warned, undos, isUnwaited };
}
function checkSnapshot(facts) {
    const { list, snapshotId } = facts;
    const refusals = checkServer(facts);
    if (!list.complete)
        refusals.push(refuse("the API's list of snapshots is incomplete"));
    const found = list.snapshots.filter((s) => s.id === snapshotId);
    const snapshot = found[0] ?? null;
    if (snapshot === null) {
        refusals.push(refuse('it is not in the list; it may have been deleted'));
        return { ...NOTHING_ELSE, refusals, snapshot };
    }
    if (found.length > 1)
        refusals.push(forbid(`the list shows two snapshots with the id ${snapshotId}`));
    if (!isAddressable(snapshot))
        refusals.push(refuse('its id is too large a number to be sure of its last digits'));
    if (!status_isCompleted(snapshot))
        refusals.push(refuse(`the snapshot is '${snapshot.status}', not completed`));
    const isNameless = server_idsOf(snapshot.server).length === 0;
    // Of a snapshot that names no server only its own marker can tell.
    if (isNameless && marker_parseMarker(snapshot.description)?.key !== facts.key) {
        refusals.push(forbid('VPS.org names no server for it, so it is unknown which one it would overwrite'));
    }
    else if (facts.serverIds.length > 0 && !isNameless && !isOfServer(snapshot.server, facts.serverIds)) {
        refusals.push(forbid(`it belongs to another server (${printServer(snapshot.server)})`));
    }
    return { ...NOTHING_ELSE, refusals: [...refusals, ...checkAge(snapshot, facts)], snapshot };
}
const NOTHING_ELSE = { warnings: [], undos: [], isUnwaited: false };
/** What stands against a restore of this server, whichever snapshot of it is meant. */
function checkServer({ serverStatus, isRestoredByJob, isRunnersOwn }) {
    const alone = (reason) => ({ reason, isOfServerAlone: true, forbidsByHand: true });
    return [
        ...(serverStatus === 'restoring' ? [alone('the server is already being restored')] : []),
        ...(isRestoredByJob ? [alone('this job has requested a restore of this server already')] : []),
        ...(isRunnersOwn
            ? [refuse('this runner is on the server itself and would be overwritten: restore from another runner')]
            : []),
    ];
}
/** What stands against it where it is too old, or may be. */
function checkAge(snapshot, { maxAge, now }) {
    if (maxAge === null)
        return [];
    const age = ageOf(snapshot, now);
    if (age === null)
        return [refuse('its age is limited, and its creation time is missing, unreadable or in the future')];
    if (age <= maxAge)
        return [];
    // Rounded up, so that one that is too old never reads as old as is allowed.
    const old = describeSpan(Math.ceil(age / interlocks_SECOND) * interlocks_SECOND);
    return [refuse(`it is ${old} old, and at most ${describeSpan(maxAge)} is allowed`)];
}
/** `2h 1s`. */
function describeSpan(ms) {
    let rest = ms;
    const parts = interlocks_UNITS.flatMap(([unit, length]) => {
        const count = Math.floor(rest / length);
        rest -= count * length;
        return count === 0 ? [] : [`${count}${unit}`];
    });
    return parts.join(' ');
}
/** A newer snapshot of this action means that somebody deployed since: restoring would undo their work too. */
function checkNewer(facts, mine, { run, unmarked, newer }) {
    const refused = [];
    const warned = [];
    const undos = [];
    for (const other of facts.list.snapshots) {
        if (other === mine || !isOnSameServer(other, mine, facts.serverIds) || !mayBeNewer(other, mine))
            continue;
        const marker = marker_parseMarker(other.description);
        if (marker?.key === facts.key)
            continue;
        if (facts.undoSnapshotId !== null && other.id === facts.undoSnapshotId)
            continue;
        const consequence = marker === null ? unmarked : kinds_treat(newer, marker);
        // One from the future is of unknown time, like one without any; one made since the first read is just newer.
        const isDated = mine.created !== null && ageOf(other, facts.list.now ?? facts.now) !== null;
        const text = describeNewer(other, isDated, marker, run);
        if (consequence === 'warn')
            warned.push(text);
        else if (consequence === 'note')
            undos.push(text);
        else
            refused.push(refuse(`${text}: a restore would undo what followed it`));
    }
    return { refused, warned, undos };
}
function describeNewer(other, isDated, marker, run) {
    const what = isDated ? 'a newer snapshot' : 'a snapshot of unknown time, which may be newer,';
    const name = `${what} (${other.id || 'without a usable id'}, '${other.status}')`;
    if (marker === null)
        return `${name} that this action did not make is on the server`;
    const kind = marker.isUndo ? ' before a restore' : '';
    return `${name} was made${kind} by ${nameMaker(marker, run)}`;
}
/** Another run, or another part of this one. */
function nameMaker(marker, run) {
    if (run === null)
        return `run ${marker.runId} of ${marker.repository}`;
    if (!marker_isOfRun(marker, run))
        return `run ${marker.runId} of ${nameRepository(marker, run)}`;
    const part = marker.runAttempt === run.runAttempt ? 'another step' : `attempt ${marker.runAttempt}`;
    const use = marker.use === 1 ? '' : `, use ${marker.use}`;
    return `${part} of this run (job ${marker.job}, step ${marker.step}${use})`;
}
function isOnSameServer(other, mine, serverIds) {
    // The list was asked for by server: one that names none is more likely of this server than of another.
    if (other.server.id === null && other.server.uuid === null)
        return true;
    return isOfServer(other.server, [...serverIds, ...server_idsOf(mine.server)]);
}

;// CONCATENATED MODULE: ./build/snapshots/policy.js
/**
 * What the post step does: one pure decision over what main saved and how the job went. The numbers of the rules are
 * those of `docs/how-it-works/post-step.md`, "The decision table".
 */
/** Whether the job's end may bring a restore. */
function mayRestore(policy) {
    return policy.onFailure === 'restore' || policy.onCancel === 'restore' || policy.restoreIfGiven;
}
/** What `restore_if` says; `null` for anything that is no boolean. */
function readRestoreIf(value) {
    if (value === '')
        return 'unset';
    if (/^(true|True|TRUE)$/.test(value))
        return 'yes';
    if (/^(false|False|FALSE)$/.test(value))
        return 'no';
    return null;
}
/** Rules 2 to 4 in their order; the first that matches wins. Rules 0 and 1 are about the saved state alone. */
function decidePost(facts) {
    const restoreIf = readRestoreIf(facts.restoreIf);
    const decision = facts.succeeded
        ? (decideUnreadable(facts, restoreIf) ?? decideFinished(facts, restoreIf))
        : decideUnfinished(facts, restoreIf === 'yes');
    const isDeletion = decision.action === 'delete' || decision.action === 'clean_up';
    if (!isDeletion || !facts.isRestoredByJob)
        return decision;
    return {
        action: 'keep',
        alarm: 'none',
        reason: `${decision.reason}, but a step of this job has requested a restore of the server, and after a restore nothing is deleted`,
    };
}
/** Rule 2: main did not succeed, so nothing is restored. */
function decideUnfinished(facts, isRestoreAsked) {
    const isDeleting = (facts.jobStatus === 'failure' && facts.policy.onFailure === 'delete') ||
        (facts.jobStatus === 'cancelled' && facts.policy.onCancel === 'delete');
    const reason = `${describeEnd(facts)}, so no deploy could rely on its snapshot`;
    if (isDeleting)
        return { action: 'delete', reason };
    return { action: 'keep', reason, alarm: isRestoreAsked ? 'red' : 'none' };
}
/** Why main did not succeed: a signal says only that it was to end, and the job's status by what. */
function describeEnd({ jobStatus, wasInterrupted }) {
    if (jobStatus === 'cancelled')
        return 'the job was cancelled or timed out before the snapshot step succeeded';
    if (wasInterrupted)
        return "the snapshot step's own time-out ended it";
    return jobStatus === 'failure' ? 'the snapshot step failed' : 'the snapshot step did not succeed';
}
/** Rule 3: what decides about a restore cannot be read. */
function decideUnreadable(facts, restoreIf) {
    const { jobStatus, policy } = facts;
    if (restoreIf === null) {
        return {
            action: 'keep',
            alarm: 'red',
            reason: `'restore_if' is ${JSON.stringify(facts.restoreIf)}, which is neither true nor false (write it like \${{ steps.deploy.outcome == 'failure' }})`,
        };
    }
    if (restoreIf === 'unset' && policy.restoreIfGiven) {
        return {
            action: 'keep',
            alarm: jobStatus === 'success' ? 'warning' : 'red',
            reason: "'restore_if' was given and is empty now, as in a nested composite action, so nobody can tell whether the deploy failed",
        };
    }
    if (!['success', 'failure', 'cancelled'].includes(jobStatus)) {
        return {
            action: 'keep',
            alarm: mayRestore(policy) || restoreIf === 'yes' ? 'red' : 'none',
            reason: `the job's status is ${JSON.stringify(jobStatus)}, which this action does not know`,
        };
    }
    return null;
}
/** Rule 4: the table of job status and `restore_if`. */
function decideFinished(facts, restoreIf) {
    const { jobStatus, policy } = facts;
    if (restoreIf === 'yes')
        return { action: 'restore', reason: "'restore_if' is true" };
    if (jobStatus === 'success') {
        return { action: 'clean_up', reason: `the job succeeded and 'on_success' is '${policy.onSuccess}'` };
    }
    const hasFailed = jobStatus === 'failure';
    const input = hasFailed ? 'on_failure' : 'on_cancel';
    const wanted = hasFailed ? policy.onFailure : policy.onCancel;
    const ended = hasFailed ? 'the job failed' : 'the job was cancelled or timed out';
    const isForbidden = restoreIf === 'no';
    const note = isForbidden ? ", and 'restore_if' is false" : '';
    if (wanted === 'delete')
        return { action: 'delete', reason: `${ended} and '${input}' is 'delete'${note}` };
    // A restore that is configured and does not come is worth a warning: somebody may count on it.
    const alarm = mayRestore(policy) && !isForbidden ? 'warning' : 'none';
    if (wanted === 'keep')
        return { action: 'keep', alarm, reason: `${ended} and '${input}' is 'keep'${note}` };
    if (isForbidden)
        return { action: 'keep', alarm, reason: `${ended}, but 'restore_if' is false` };
    if (facts.statusBefore === 'failure' || facts.statusBefore === 'cancelled') {
        return {
            action: 'keep',
            alarm,
            reason: `the job's status was already '${facts.statusBefore}' when the snapshot was taken, which says nothing about the deploy`,
        };
    }
    return { action: 'restore', reason: `${ended} and '${input}' is 'restore'` };
}

;// CONCATENATED MODULE: ./build/actions/common/api-time.js
/** The steps that were reported already: one notice says it for all servers. */
const reported = new WeakSet();
/** The API's time; the runner's only where the API gives none. */
function apiTime(list, { clock, log }) {
    if (list.now !== null)
        return list.now;
    if (!reported.has(log)) {
        reported.add(log);
        log.notice('No time from the API', "The API's answers have no date, so ages are counted by the runner's clock.");
    }
    return clock.wall();
}

;// CONCATENATED MODULE: ./build/actions/server/health.js




const TRY_MS = 10_000;
const MAX_REDIRECTS = 5;
/**
 * Asks every address until it answers 2xx or the budget is over. Nothing of ours goes along: no token, no header.
 */
async function checkHealth(urls, deps) {
    const heartbeat = createHeartbeat('checking health', deps);
    const results = await Promise.all(urls.map((url) => checkUrl(url, deps, heartbeat)));
    return results.find((result) => !result.ok) ?? { ok: true };
}
/** Asks each address once; gives what it said where that was not 2xx. */
async function probeHealth(urls, deps) {
    const answers = await Promise.all(urls.map((url) => ask(url, deps, deps.clock.now() + TRY_MS)));
    return answers.flatMap((answer, index) => isHealthy(answer) ? [] : [`${withoutQuery(urls[index] ?? '')} ${describe(answer)}`]);
}
async function checkUrl(url, deps, heartbeat) {
    const shown = withoutQuery(url);
    const startedAt = deps.clock.now();
    let last = { kind: 'silent', reason: 'no time left' };
    const result = await poll(deps, {
        read: async ({ until }) => await ask(url, deps, until),
        pause: () => deps.schedule.health,
        beat: () => heartbeat.beat(),
        decide: (answer) => {
            // The last try may end with the time; what the address said before tells more.
            if (answer.kind !== 'silent' || last.kind === 'silent')
                last = answer;
            heartbeat.set(shown, describe(answer));
            deps.log.debug(`health check: ${shown} ${describe(answer)}`);
            if (isHealthy(answer)) {
                deps.log.event('', `health check passed: ${shown} ${describe(answer)}`);
                return { ok: true };
            }
            return answer.kind === 'redirect'
                ? { ok: false, reason: `health check failed: ${shown} ${describe(answer)}` }
                : null;
        },
    });
    heartbeat.remove(shown);
    if (result.kind === 'done')
        return result.value;
    const elapsed = formatElapsed(deps.clock.now() - startedAt);
    return { ok: false, reason: `health check failed: ${shown} ${describe(last)} (asked for ${elapsed})` };
}
function isHealthy(answer) {
    return answer.kind === 'status' && answer.status >= 200 && answer.status < 300;
}
function describe(answer) {
    switch (answer.kind) {
        case 'status':
            return `answered ${answer.status}`;
        case 'silent':
            return `did not answer (${answer.reason})`;
        case 'redirect':
            return answer.reason;
    }
}
/** One try with its redirects: the final status, or why there is none. */
async function ask(first, deps, until) {
    let url = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
        const remaining = until - deps.clock.now();
        if (remaining <= 0)
            return { kind: 'silent', reason: 'no time left' };
        try {
            const { status, headers } = await deps.health({
                method: 'GET',
                url,
                headers: {},
                timeoutMs: Math.min(TRY_MS, remaining),
                statusOnly: true,
                signal: deps.cancelled,
            });
            const location = headers['location'];
            if (status < 300 || status >= 400 || location === undefined)
                return { kind: 'status', status };
            const next = URL.parse(location, url);
            if (next === null || !isAllowed(new URL(url), next)) {
                const where = next === null ? 'an unreadable address' : withoutQuery(next.href);
                return {
                    kind: 'redirect',
                    reason: `redirects to ${where}, which is another host or no https any more and is not followed: give the final address`,
                };
            }
            url = next.href;
        }
        catch (error) {
            return { kind: 'silent', reason: messageOf(error) };
        }
    }
    return { kind: 'silent', reason: `more than ${MAX_REDIRECTS} redirects` };
}
function isAllowed(from, to) {
    const isDowngrade = from.protocol === 'https:' && to.protocol !== 'https:';
    return (to.hostname === from.hostname &&
        /^https?:$/.test(to.protocol) &&
        !isDowngrade &&
        to.username === '' &&
        to.password === '');
}
/** An address for people: without its query, which may hold a secret. */
function withoutQuery(url) {
    const { origin, pathname } = new URL(url);
    return origin + pathname;
}

;// CONCATENATED MODULE: ./build/actions/create/preflight.js







/** What the job's end will do, and what would be refused then, reported while somebody can change it. */
/** Says in one line what the job's end will do, and asks each health address once. */
async function announceEnd(inputs, deps) {
    if (!mayRestore(inputs)) {
        if (inputs.onSuccess === 'delete')
            deps.log.info(`If ${DELETED_AFTER}`);
        return;
    }
    const silent = await probeHealth(inputs.healthUrls, deps);
    for (const answer of silent) {
        deps.log.warning('Health check fails now', `'health_url': ${answer}, before anything was changed. After a restore the same answer would make the post step wait, and end red.`);
    }
    deps.log.info([...preflight_describeEnd(inputs), ...describeHealth(inputs, silent)].join(' · '));
}
/** A job that only takes the snapshot succeeds before the deploy has begun. */
const DELETED_AFTER = 'the job succeeds: delete the snapshot, so that no job after this one can restore it';
function preflight_describeEnd({ restoreIfGiven, onFailure, onCancel, onSuccess, jobStatus }) {
    // A failure from before the snapshot says nothing about the deploy.
    const hasEnded = ['failure', 'cancelled'].includes(jobStatus.toLowerCase());
    const reallyDone = (action) => {
        if (action !== 'restore')
            return action;
        // Where it is not true then, it is false, which forbids a restore.
        if (restoreIfGiven)
            return 'keep';
        return hasEnded ? `keep (the job is '${jobStatus}' already)` : action;
    };
    return [
        ...(restoreIfGiven ? ['If restore_if is true at the end of the job: restore'] : []),
        `${restoreIfGiven ? 'if the job fails otherwise' : 'If the job fails'}: ${reallyDone(onFailure)}`,
        `if the job is cancelled or times out: ${reallyDone(onCancel)}`,
        ...(onSuccess === 'delete' ? [`if ${DELETED_AFTER}`] : []),
    ];
}
function describeHealth({ healthUrls }, silent) {
    if (healthUrls.length === 0)
        return ['no health_url, so the application is not checked after a restore'];
    return silent.length === 0 ? ['health_url answers'] : [];
}
/**
 * Runs the checks of a later rollback of this server on what was read already; each that would refuse is a warning.
 */
function warnOfRefusals({ record }, server, list, inputs, deps) {
    if (!mayRestore(inputs) || record.snapshotId === null)
        return;
    const { refusals } = checkRollback({
        snapshotId: record.snapshotId,
        key: record.key,
        serverIds: record.ids,
        list,
        serverStatus: server?.status ?? null,
        seenCompleted: 'the snapshot step',
        maxAge: inputs.restoreMaxAge,
        now: apiTime(list, deps),
        isRestoredByJob: deps.restoreRecords.has(record.ids),
        // Said before the request, by refuseOwnServer.
        isRunnersOwn: false,
        undoSnapshotId: null,
    });
    if (refusals.length === 0)
        return;
    deps.log.warning('A rollback would be refused', `${labelOf(record)}: as things stand now, a rollback to snapshot ${record.snapshotId} would be refused: ${refusals.map(({ reason }) => reason).join('; ')}.\nChange that before the deploy: delete a newer snapshot that nobody needs, or allow more in 'restore_max_age'. Otherwise a restore has to be done by hand, with the restore action.`);
}
/** The same for one that nobody waits for here, right after its request: as if it were complete already. */
function warnOfRefusalsUnwaited({ record, snapshot, before }, { server, list }, inputs, deps) {
    if (snapshot === null)
        return;
    const own = { ...snapshot, status: COMPLETED };
    const now = list.now === null ? null : Math.max(list.now, own.created ?? 0);
    warnOfRefusals({ record }, server, { ...list, snapshots: [...(before ?? []), own], now }, inputs, deps);
}
/** With a restore configured: what is not seen complete before the deploy will not be restored. */
function warnOfMissingWait(servers, inputs, deps) {
    if (!mayRestore(inputs))
        return;
    const ids = servers.map(({ record }) => record.snapshotId).join(',');
    deps.log.warning('Wait before the deploy', `A restore is configured, and 'wait' is false: use the wait action with snapshot_id: ${ids} in this job before the deploy. Without it a restore will be refused, because the snapshot may contain part of the deploy.`);
}
/** With a restore configured: warns now that its end will not be seen, not only when it is needed. */
function warnUnread({ record }, identified, { log }, inputs) {
    if (identified.kind === 'identified')
        return;
    if (mayRestore(inputs) && identified.kind === 'denied') {
        log.warning('Restores cannot be confirmed', `${labelOf(record)}: the token may not read the server, or the API has no such call, so a restore could be requested but not confirmed, and the post step would fail. ${identified.cause.message}`);
    }
    else if (identified.kind === 'silent') {
        log.warning('Server cannot be read', `${labelOf(record)}: the server could not be read, so whether it is being restored is unknown. ${identified.cause.message}`);
    }
}
/** A runner on the server that it deploys to stops with it, and is overwritten by a restore. */
function refuseOwnServer({ record }, { ipAddress }, deps, inputs) {
    if (ipAddress === null || !deps.ownAddresses.has(ipAddress))
        return;
    const label = labelOf(record);
    if (inputs.stopServer) {
        throw new FailedError('Runner on the target server', `${label}: this runner is on the server itself (${ipAddress}), so 'stop_server' would stop the runner, too. Nothing was requested. Use 'stop_server: false', or run this job on another runner.`);
    }
    if (!mayRestore(inputs))
        return;
    deps.log.warning('Runner on the target server', `${label}: this runner is on the server itself (${ipAddress}), and a restore would overwrite it in the middle of the job, so the post step will not restore. Restore from another runner: with the restore action in a job on a hosted runner.`);
}

;// CONCATENATED MODULE: ./build/actions/retention/deletion.js









/**
 * Deletes one snapshot (`docs/how-it-works/retention.md`, "Deleting"). Only a 204 says that it is done; after any
 * other answer that may mean it, complete lists show it. Throws a CancelledError where nothing may have been done; gives
 * everything else that goes wrong as a reason.
 */
async function deleteSnapshot(snapshot, deps) {
    if (!hasId(snapshot))
        return stays('it has no usable id');
    const { id, idIsLossless } = snapshot;
    if (!idIsLossless)
        return stays('it is not certain that this is its id to the last digit');
    const heartbeat = heartbeat_createHeartbeat('deleting', deps);
    const subject = `snapshot ${id}`;
    let mayFollow = false;
    for (;;) {
        const answer = await deletion_request(snapshot, deps);
        if (answer.kind === 'deleted')
            return { ok: true, id };
        if (answer.kind === 'refused') {
            if (!answer.mayPass || deps.clock.now() + deps.schedule.resend >= deps.until)
                return {
                    ok: false,
                    reason: answer.reason,
                    state: mayFollow ? 'listed' : 'stays',
                    cause: answer.cause,
                };
            heartbeat.set(subject, answer.reason);
            await pause(deps, deps.schedule.resend, () => heartbeat.beat());
            continue;
        }
        heartbeat.set(subject, `${answer.reason}; looking for it in lists`);
        const listed = await findInLists(snapshot, deps, () => heartbeat.beat());
        if (listed === 'gone')
            return { ok: true, id };
        // A DELETE by id has the same effect once or twice, so that a lost one is simply repeated.
        if (answer.kind === 'unclear' &&
            listed === 'listed' &&
            !isPending(snapshot) &&
            deps.clock.now() < deps.until) {
            mayFollow = true;
            continue;
        }
        const state = listed === 'listed' ? 'it is still listed' : 'no complete list tells whether it is gone';
        return { ok: false, reason: `${state}: ${answer.reason}`, state: listed };
    }
}
/** What later steps of the job know of it; `null` where it stays. */
function stateOf(deletion) {
    if (deletion.ok)
        return 'deleted';
    return deletion.state === 'unknown' ? 'unknown' : null;
}
function stays(reason) {
    return { ok: false, reason, state: 'stays' };
}
async function deletion_request(snapshot, deps) {
    // The API may refuse for as long as one in progress takes: it is tried once.
    const once = isPending(snapshot);
    try {
        const answer = await deps.api.deleteSnapshot(snapshot.id, { until: deps.until, once });
        if (answer === 'deleted')
            return { kind: 'deleted' };
        const reason = answer === 'absent' ? 'VPS.org knows no such snapshot' : 'VPS.org accepted the deletion';
        return { kind: 'answered', reason };
    }
    catch (error) {
        const isLost = error instanceof VpsError && outcomeOf(error) === 'unclear';
        // After a cancel nothing is requested any more, and what was is not called undone.
        const failure = isLost ? error : errors_apiFailureOf(error, deps);
        const reason = describeError(failure);
        if (outcomeOf(failure) === 'unclear')
            return { kind: 'unclear', reason };
        return { kind: 'refused', reason, mayPass: !once && failure.status === 409, cause: failure };
    }
}
/** Whether complete lists show it, for as long as the API may need to take it out. */
async function findInLists({ id, serverId }, deps, beat) {
    let seen = 'unknown';
    let absences = 0;
    const until = Math.min(deps.until, deps.clock.now() + deps.schedule.span('deletion'));
    try {
        const result = await poll_poll({ ...deps, until }, {
            read: async (limits) => {
                const list = await deps.api.listSnapshots(serverId === null ? {} : { serverId }, limits);
                if (list.snapshots.some((s) => s.id === id))
                    return 'listed';
                return provesAbsence(list) ? 'gone' : 'unknown';
            },
            pause: () => deps.schedule.fastPoll,
            beat,
            decide: (now) => {
                absences = now === 'gone' ? absences + 1 : 0;
                if (now === 'gone')
                    return absences < CERTAIN_READS ? null : now;
                seen = now;
                return null;
            },
        });
        return result.kind === 'done' ? result.value : seen;
    }
    catch (error) {
        deps.log.debug(`what became of snapshot ${id} cannot be read: ${describeError(error)}`);
        return 'unknown';
    }
}
/** Deletes one snapshot and reports it; what stays is a warning, since a deploy is not failed by what it leaves behind. */
async function deleteAndReport(snapshot, label, deps) {
    const deletion = await deleteSnapshot(snapshot, deps);
    if (deletion.ok) {
        deps.log.event(label, `snapshot ${deletion.id} deleted`);
        return deletion;
    }
    const name = snapshot.id === null ? 'a snapshot' : `snapshot ${snapshot.id}`;
    const where = label === '' ? '' : `${label}: `;
    // "Maybe" is said only of what was requested and not refused.
    const fate = deletion.state === 'stays' ? 'was not deleted and keeps its slot' : 'may still be there and use a slot';
    deps.log.warning('Snapshot not deleted', `${where}${name} ${fate}. Delete it in the panel of VPS.org or with the delete action. The reason: ${deletion.reason}`);
    return deletion;
}

;// CONCATENATED MODULE: ./build/actions/server/confirmation.js




/**
 * Asks the API which server the typed id means, before anything is deleted of a server that was only assumed to
 * be that one, and gives that server. Throws where it is another one, or where nobody can tell.
 */
async function confirmServer(serverId, snapshots, deps) {
    const server = await reader_readServer(serverId, deps)({ until: deps.until });
    const ids = [serverId, ...server_idsOf(server)];
    const mismatch = snapshots.find((snapshot) => !isOfServer(snapshot.server, ids));
    if (mismatch === undefined)
        return server;
    throw new Error(`snapshot ${printId(mismatch.id)} belongs to server ${printServer(mismatch.server)}, and nothing shows that this is server ${serverId}; write 'server_id' as the API lists it`);
}
/** All ids of a server of which a list shows nothing by the typed one; that alone where the API does not say more. */
async function learnIds(serverId, deps) {
    try {
        const server = await readServer(serverId, deps)({ until: deps.until, patience: 'twice' });
        return [serverId, ...idsOf(server)];
    }
    catch (error) {
        apiFailureOf(error, deps);
        return [serverId];
    }
}

;// CONCATENATED MODULE: ./build/snapshots/reuse.js





/**
 * The snapshot that an earlier attempt of this run made before its deploy, or why none is taken (`on_rerun: reuse`).
 * A snapshot that any later deploy may have followed is not reused: it would not be the state before the first,
 * failed deploy.
 */
function findReusable(facts) {
    const { origin, flags } = facts;
    const create = (reason) => ({ kind: 'create', reason });
    if (origin.runAttempt < 2)
        return create('this is the first attempt of the run');
    if (!facts.isCallKnown)
        return create('this runner does not say whether the job is part of a reusable workflow, or of which call of it');
    if (!facts.complete)
        return create('the list of snapshots is incomplete');
    const earlier = facts.snapshots.filter((s) => {
        const marker = marker_parseMarker(s.description);
        return (marker !== null &&
            isOfStep(marker, origin) &&
            marker.runAttempt < origin.runAttempt &&
            kinds_treat('reuse', marker) === 'alike');
    });
    if (earlier.length === 0)
        return create('no earlier attempt of this run has a snapshot of this job, matrix leg and step there');
    const completed = earlier.filter(status_isCompleted);
    const [snapshot, second] = completed;
    if (snapshot === undefined)
        return create(`the earlier snapshot is not completed ('${earlier[0]?.status ?? ''}')`);
    if (second !== undefined)
        return create(`${completed.length} earlier snapshots qualify, so it is unclear which one to reuse`);
    const marker = marker_parseMarker(snapshot.description);
    if (marker?.isProtected !== flags.isProtected)
        return create("the earlier snapshot has another 'protect'");
    if (marker.isUnwaited !== flags.isUnwaited)
        return create("the earlier snapshot was made with another 'wait'");
    if (!isAddressable(snapshot))
        return create('the earlier snapshot has no usable id');
    const age = ageOf(snapshot, facts.now);
    if (age === null)
        return create('the creation time of the earlier snapshot is missing, unreadable or in the future');
    if (age >= DAY)
        return create('the earlier snapshot is 24 hours old or older');
    if (facts.maxAge !== null && age > facts.maxAge)
        return create("the earlier snapshot is older than 'restore_max_age'");
    const other = facts.snapshots.find((s) => {
        const others = marker_parseMarker(s.description);
        return s !== snapshot && others !== null && (mayBeNewer(s, snapshot) || marker_isOfRun(others, origin));
    });
    if (other !== undefined)
        return create(`another marked snapshot (${other.id ?? 'without a usable id'}) that is newer or of this run is on the server`);
    return { kind: 'reuse', snapshot, marker };
}

;// CONCATENATED MODULE: ./build/actions/server/unknown-server.js




/**
 * For a typed word that the API shows no server by, and lists no snapshots for: throws a {@link FailedError} that
 * names the server meant, or those that there are. Gives the server where the list shows it after all, `null` where the
 * API does not say which servers there are.
 */
async function refuseUnknownServer(typed, deps) {
    return unknown_server_refuse(typed, await listServers(deps));
}
/** The same where nobody asked for the servers themselves: a list that may show one by another id proves nothing. */
async function refuseUnlistedServers(typed, deps) {
    if (typed.length === 0)
        return;
    const servers = await listServers(deps);
    for (const each of typed)
        if (servers?.some((server) => mayBe(server, each)) !== true)
            unknown_server_refuse(each, servers);
}
/** For a list of these servers that was not to be had: an id may be why the API refuses it. */
function refuseUnlistable(typed, deps) {
    return async (failure) => {
        const cause = failure instanceof FailedError ? failure.cause : null;
        if (cause instanceof VpsError && (cause.status === 400 || cause.status === 404))
            await refuseUnlistedServers(typed, deps);
        throw failure;
    };
}
function unknown_server_refuse(typed, servers) {
    const known = servers?.find((server) => isOfServer(server, [typed])) ?? null;
    if (servers === null || known !== null)
        return known;
    const [id] = servers.filter(({ name }) => name === typed).flatMap(server_idsOf);
    const hint = id === undefined
        ? `The token sees ${describeServers(servers)}.`
        : `That is the name of server ${id}: write server_id: ${id}.`;
    throw new FailedError('Unknown server', `'server_id': VPS.org knows no server ${typed}, so nothing was requested. ${hint}`);
}
async function listServers(deps) {
    try {
        const { servers, complete } = await deps.api.listServers({ until: deps.until, patience: 'at_once' });
        return complete ? servers : null;
    }
    catch (error) {
        errors_apiFailureOf(error, deps);
        return null;
    }
}
function describeServers(servers) {
    if (servers.length === 0)
        return 'no servers';
    return nameSome(servers.map((server) => `${server_idsOf(server)[0] ?? 'without an id'} (${server.name ?? 'no name'})`));
}

;// CONCATENATED MODULE: ./build/actions/create/reuse.js




/** Saves a snapshot of an earlier attempt as this step's own. */
function reuse(progress, { snapshot, marker }, deps, isWaited) {
    progress.recordSnapshot(snapshot);
    progress.save({
        ...progress.record,
        // One that nobody waited for may hold part of the earlier attempt's deploy: it is no proof for a restore.
        phase: isWaited ? 'completed' : 'created',
        snapshotId: snapshot.id,
        shown: true,
        key: marker.key,
        name: snapshot.name ?? progress.record.name,
        createdAt: snapshot.createdAt,
        sizeMb: snapshot.sizeMb,
        reused: true,
    });
    progress.recordIds(snapshot.server);
    deps.log.event(labelOf(progress.record), `reusing snapshot ${snapshot.id}, which attempt ${marker.runAttempt} of this run made`);
}
/** What was found where the API says that the snapshot is of the typed server, else why it is not taken. */
async function confirmReuse(found, progress, deps) {
    try {
        await confirmServer(progress.record.server, [found.snapshot], deps);
        return found;
    }
    catch (error) {
        if (deps.cancelled.aborted)
            throw new CancelledError();
        return { kind: 'create', reason: describeError(error) };
    }
}

;// CONCATENATED MODULE: ./build/actions/create/plan.js



















/**
 * Reads the server and its snapshots side by side, and decides; changes nothing but what is saved of a reused
 * snapshot. Throws a FailedError where the server is full, unknown, or the list cannot be about it.
 */
async function planServer(progress, deps, options, readers) {
    const [first, list] = await Promise.all([
        identifyServer(progress, deps, readers.servers),
        listSnapshots(progress, deps, readers.list),
    ]);
    // The list may have taken its time, and a restore may have begun meanwhile.
    const isOld = first.kind === 'identified' && deps.clock.now() - first.answeredAt > deps.schedule.span('freshness');
    const identified = isOld ? await identifyServer(progress, deps, readers.servers) : first;
    const { snapshots } = list.value;
    const before = matchServer(snapshots, progress.record.ids).snapshots;
    const server = identified.kind === 'identified' ? identified.server : null;
    const seen = server ??
        (snapshots.length === 0
            ? await refuseUnknownServer(progress.record.server, deps)
            : await findListedServer({ record: progress.record, before }, deps, readers.listed));
    warnUnread(progress, identified, deps, options.inputs);
    if (server !== null) {
        refuseOwnServer(progress, server, deps, options.inputs);
        recordPower(progress, server);
    }
    if (seen?.status === 'restoring') {
        progress.recordBefore(before);
        // What a restore leaves stopped is started by whoever requested it: it is not how the server was found.
        // What only the list has shown is read from the list.
        const reader = createServerReader(server === null ? 'list' : 'address', deps);
        return async () => await planAfterRestore(progress, deps, options, reader);
    }
    return await decideServer(progress, server, list, deps, options);
}
/** Whether a restore may have begun, or a slot been taken, since it was made. */
function isStale({ readAt }, { clock, schedule }) {
    return clock.now() - readAt > schedule.span('freshness');
}
/** The plan's budget once more: the wait for a restore, which is no part of it, has used it up. */
function renewBudget(deps) {
    return { ...deps, until: deps.clock.now() + BUDGETS.beforeChange };
}
/** Plans again on a fresh list. A server that was to be stopped was read for that, and rests. */
async function planAgain({ progress, server }, deps, options) {
    const again = { ...options, inputs: { ...options.inputs, onRerun: 'create' } };
    if (!options.inputs.stopServer) {
        const identified = await identifyServer(progress, deps);
        if (identified.kind === 'identified' && identified.server.status === 'restoring')
            return await planAfterRestore(progress, deps, again, createServerReader('address', deps));
    }
    return await decideServer(progress, server, await listSnapshots(progress, deps), deps, again);
}
async function planAfterRestore(progress, deps, options, reader) {
    const restored = await waitForRestore(progress, deps, options, reader);
    const budget = renewBudget(deps);
    return await decideServer(progress, restored, await listSnapshots(progress, budget), budget, options);
}
async function listSnapshots({ record }, deps, read = (serverId, limits) => deps.api.listSnapshots({ serverId }, limits)) {
    const readAt = deps.clock.now();
    const value = await requireList((limits) => read(record.server, limits), deps, 'No snapshot was made', `no snapshot was requested of server ${record.server}`).catch(refuseUnlistable([record.server], deps));
    return { value, readAt };
}
/** A server that was stopped before the snapshot stays so after a rollback. */
function recordPower(progress, { status }) {
    if (status !== 'stopped')
        return;
    progress.save({
        ...progress.record,
        power: { found: 'stopped', stop: 'none', stopAcceptedAt: null, started: false },
    });
}
/** A deploy onto a server that is being restored would be wiped: its end is waited for, within `wait_timeout`. */
async function waitForRestore(progress, deps, { inputs }, reader) {
    const label = labelOf(progress.record);
    deps.log.event(label, 'the server is being restored; waiting for its end');
    const rest = await waitForRest(reader, { ...deps, until: deps.clock.now() + inputs.waitTimeout }, {
        serverIds: idsShownBy(progress),
        label,
        newerThan: deps.clock.now() - 1,
        patience: 'never',
        heartbeat: heartbeat_createHeartbeat('waiting for a restore', deps, 'it usually takes 5 to 15 minutes'),
        unknownWords: 'wait',
    });
    if (rest.kind === 'done')
        return rest.value.server;
    throw new FailedError('Server is being restored', `${label}: a restore was still running when wait_timeout (${formatDuration(inputs.waitTimeout)}) ended. A deploy would be overwritten by it, so no snapshot was made. Look at the server in the panel of VPS.org, and run the job again.`);
}
async function decideServer(progress, server, { value: list, readAt }, deps, { inputs, origin }) {
    const { snapshots, assumed } = matchList(progress, list, server, deps);
    const now = apiTime(list, deps);
    warnAboutOthers(progress, findRunning(snapshots, progress.record.key, now), deps, origin);
    if (inputs.onRerun === 'reuse') {
        const found = findReusable({
            snapshots,
            complete: list.complete,
            origin,
            isCallKnown: deps.job.call !== null,
            flags: { isProtected: inputs.isProtected, isUnwaited: !inputs.wait },
            maxAge: inputs.restoreMaxAge,
            now,
        });
        const reusable = found.kind === 'reuse' && assumed ? await confirmReuse(found, progress, deps) : found;
        if (reusable.kind === 'reuse') {
            reuse(progress, reusable, deps, inputs.wait);
            return { kind: 'reuse', progress, server, list, readAt, snapshot: reusable.snapshot };
        }
        deps.log.event(labelOf(progress.record), `no snapshot is reused: ${reusable.reason}`);
    }
    const plan = planSlot({ snapshots, complete: list.complete, whenFull: inputs.whenFull, origin, now });
    if (plan.kind === 'free')
        return { kind: 'create', progress, server, list, readAt };
    if (plan.kind === 'full') {
        const { whenFull } = inputs;
        throw serverFull(progress, deps, snapshots, `: ${plan.reason}`, { now, whenFull });
    }
    return { ...plan, progress, server, list, readAt, assumed };
}
/** The server's own part of a list. `assumed`: nobody said that these are the server's, see `ServerMatch`. */
function matchList(progress, list, server, deps) {
    const { record } = progress;
    const match = matchServer(list.snapshots, record.ids);
    if (match.unknown) {
        throw new FailedError('Server not recognized', `The list of snapshots for server ${record.server} shows only snapshots of other servers, so it is unknown which slots are used, and nothing was requested. Check 'server_id': write the id as the API does in its list of snapshots (${list.snapshots[0]?.server.id ?? 'unknown'} is one).`);
    }
    if (match.filterIgnored)
        deps.log.debug('the API ignored the server_id filter; snapshots were matched by their server');
    if (!list.complete)
        deps.log.info(`The list of snapshots for server ${record.server} is incomplete`);
    progress.recordBefore(match.snapshots);
    if (!match.assumed)
        progress.save({ ...progress.record, ids: match.ids, serverName: match.name ?? record.serverName });
    // Of a server that nobody has seen an empty list says nothing.
    const count = server === null && match.snapshots.length === 0
        ? 'no snapshots are listed, and the server could not be read'
        : `${match.snapshots.length} of ${SLOT_LIMIT} snapshots before this one`;
    deps.log.event(labelOf(progress.record), count);
    return { snapshots: match.snapshots, assumed: match.assumed };
}
function warnAboutOthers(progress, running, deps, origin) {
    if (running.length === 0)
        return;
    const label = labelOf(progress.record);
    const makers = running.map(({ snapshot, marker }) => {
        const { runAttempt, runId } = marker;
        const maker = marker_isOfRun(marker, origin) ? `attempt ${runAttempt} of this run` : `run ${runId}`;
        return `${printId(snapshot.id)} of ${maker} (${nameRepository(marker, origin)})`;
    });
    const advice = running.some(({ marker }) => marker_isOfRun(marker, origin))
        ? 'strategy:\n  max-parallel: 1'
        : `concurrency:\n  group: deploy-${progress.record.server}\n  cancel-in-progress: false`;
    deps.log.warning('Another run is using this server', `${label}: still in progress: ${makers.join(', ')}. A run that has ended may have left it. Two deploys at a time spoil each other's restore points, so make them wait for each other:`, { command: advice });
}

;// CONCATENATED MODULE: ./build/actions/create/rotation.js








/**
 * Carries a planned rotation out; gives when that was done (monotonic), `null` where there was nothing to delete.
 * After a stop, or whatever else took its time, the plan is made again first, on a fresh list.
 */
async function rotateSlot(plan, deps, options) {
    if (plan.kind !== 'rotate')
        return null;
    const budget = within(deps, BUDGETS.cleanUp);
    const { progress } = plan;
    const isOld = isStale(plan, deps) || options.inputs.stopServer;
    const current = isOld ? await planAgain(plan, budget, options) : plan;
    if (current.kind !== 'rotate')
        return null;
    const { toDelete, reason, isLastRestorePoint } = current;
    const label = labelOf(progress.record);
    if (isLastRestorePoint) {
        deps.log.warning('Only restore point deleted', `${label}: snapshot ${toDelete.id} is this repository's only complete one on the server and is deleted to make room. Until the new one is complete there is no restore point.`);
    }
    deps.log.event(label, `deleting snapshot ${toDelete.id} (${toDelete.name ?? 'no name'}) to make room: ${reason}`);
    await freeSlot(current, budget);
    deps.log.event(label, `snapshot ${toDelete.id} deleted`);
    progress.recordRotation(toDelete, true);
    return deps.clock.now();
}
async function freeSlot(plan, deps) {
    const { toDelete, assumed, progress } = plan;
    const serverId = progress.record.server;
    const failed = (reason, cause) => new FailedError('No slot was freed', `${labelOf(progress.record)}: snapshot ${toDelete.id} (${plan.reason}) was to be deleted to make room, and that could not be confirmed, so no snapshot was made. Look at the server's snapshots in the panel of VPS.org, then run the job again. The reason: ${reason}`, 
    // The reason is what it says.
    { cause, details: '' });
    if (assumed) {
        const { status } = await confirmServer(serverId, [toDelete], deps).catch((error) => {
            throw failed(describeError(error));
        });
        if (status === 'restoring')
            throw failed('the server is being restored, so nothing is deleted');
    }
    const deletion = await deleteSnapshot({ ...toDelete, serverId }, deps);
    if (deletion.ok)
        return;
    if (deletion.state === 'unknown')
        progress.recordRotation(toDelete, false);
    throw failed(deletion.reason, deletion.cause);
}

;// CONCATENATED MODULE: ./build/actions/create/pipeline.js













/**
 * Makes and waits for the planned snapshots. Each server goes its own way, stopped, snapshotted and started by
 * itself, so that none is down while others are worked on. The first failure stops what has not begun.
 */
async function makeSnapshots(plans, servers, deps, options) {
    const { inputs, start } = options;
    const limit = createLimiter();
    const publishAll = () => publish(deps, servers);
    const publishNew = atMostOnceIn(deps.schedule.fastPoll, deps, publishAll);
    const startWaiting = createWaiting(deps, options, publishAll);
    for (const plan of plans) {
        if (plan.kind === 'reuse')
            warnOfRefusals(plan.progress, plan.server, plan.list, inputs, deps);
    }
    const made = plans.filter((plan) => plan.kind !== 'reuse');
    let hasFailed = false;
    /** The step is red by now: another snapshot, and a deletion to make room for it, would serve nobody. */
    const refuseAfterFailure = (progress) => {
        if (!hasFailed)
            return;
        deps.log.event(labelOf(progress.record), 'no snapshot is requested, because another server failed');
        throw new NotStartedError('another server failed');
    };
    const making = settleAll(made.map(async (plan) => {
        const { progress } = plan;
        try {
            const id = await limit(async () => {
                refuseAfterFailure(progress);
                if (inputs.stopServer)
                    await stopForSnapshot(progress, deps);
                refuseAfterFailure(progress);
                const rotatedAt = await rotateSlot(plan, deps, options);
                const made = await createSnapshot(progress, startWaiting().deps, {
                    text: inputs.description,
                    origin: options.origin,
                    flags: { isProtected: inputs.isProtected, isUnwaited: !inputs.wait, isUndo: false },
                    rotatedAt,
                    whenFull: inputs.whenFull,
                });
                publishNew();
                if (!inputs.wait)
                    warnOfRefusalsUnwaited(progress, plan, inputs, deps);
                return made;
            });
            if (inputs.wait)
                await startWaiting().waiter.wait(waitTargetOf(id, plan, deps, options));
        }
        catch (error) {
            hasFailed = true;
            throw error;
        }
        finally {
            // It need not be down while the others are worked on.
            await start(progress);
        }
    }));
    await making.finally(publishAll);
    refuseSameServer(servers);
    if (!inputs.wait)
        warnOfMissingWait(servers, inputs, deps);
}
/** Outputs hold all servers of a fleet: written for each of them they would grow with its square. */
function atMostOnceIn(ms, { clock }, act) {
    let actedAt = Number.NEGATIVE_INFINITY;
    return () => {
        if (clock.now() - actedAt < ms)
            return;
        actedAt = clock.now();
        act();
    };
}
/** `wait_timeout` begins with the first create request, after a stop; all servers share it, and one poll. */
function createWaiting(deps, { inputs }, onRound) {
    let waiting = null;
    return () => {
        if (waiting === null) {
            const budget = within(deps, inputs.waitTimeout);
            const timeout = formatDuration(inputs.waitTimeout);
            waiting = {
                deps: budget,
                waiter: createSnapshotWaiter(budget, {
                    timeout,
                    timeoutInput: 'wait_timeout',
                    firstPatience: 'standing',
                    onRound,
                }),
            };
        }
        return waiting;
    };
}
function waitTargetOf(id, { progress, server }, deps, { inputs }) {
    return {
        id,
        key: progress.record.key,
        serverId: progress.record.server,
        label: () => labelOf(progress.record),
        onSeen: (snapshot) => {
            progress.recordSnapshot(snapshot);
            progress.save({
                ...progress.record,
                snapshotId: snapshot.id,
                idIsLossless: snapshot.idIsLossless,
                shown: progress.record.shown || !contradicts(snapshot.server, progress.record.ids),
                createdAt: snapshot.createdAt ?? progress.record.createdAt,
                sizeMb: snapshot.sizeMb,
                serverName: snapshot.server.name ?? progress.record.serverName,
            });
        },
        onDuplicates: (snapshot, duplicates) => reportDuplicates(progress, snapshot, duplicates, deps),
        onCompleted: (_snapshot, list) => {
            progress.save({ ...progress.record, phase: 'completed', completedAt: deps.clock.wall() });
            warnOfRefusals(progress, server, list, inputs, deps);
        },
    };
}
function reportDuplicates(progress, snapshot, duplicates, { log }) {
    progress.save({ ...progress.record, duplicates: duplicates.filter(hasId).map(({ id }) => id) });
    for (const duplicate of duplicates) {
        const fate = isAddressable(duplicate)
            ? 'will be deleted by the post step'
            : 'is kept, because its id cannot be used safely; delete it in the panel of VPS.org';
        log.warning('Two snapshots were made', `${labelOf(progress.record)}: the API carried out a request whose answer was lost. Snapshot ${snapshot.id} is used; the second one, ${printId(duplicate.id)}, ${fate}.`);
    }
}

;// CONCATENATED MODULE: ./build/actions/create/readers.js




/** From so many servers on, two requests for all of them take the place of two for each. */
const FLEET = 6;
/** Readers for `count` servers: requests must not grow with a fleet, or a limit on them ends its plan. */
function createPlanReaders(count, deps) {
    const { api, clock } = deps;
    const filtered = (serverId, limits) => api.listSnapshots({ serverId }, limits);
    const listed = createServerReader('list', deps);
    if (count < FLEET)
        return { servers: createServerReader('address', deps), listed, list: filtered };
    const mostPages = mostPagesFor(count);
    const account = createShortcut((limits) => api.listSnapshots({ mostPages }, limits), deps);
    const startedAt = clock.now() - 1;
    return {
        servers: listed,
        listed,
        async list(serverId, limits) {
            // Only the API's own ids show which of the account's snapshots are the server's.
            const ids = await listed.read([serverId], startedAt, { ...limits, patience: 'at_once' }).then(({ value }) => [serverId, ...server_idsOf(value)], () => null);
            if (ids === null)
                return await filtered(serverId, limits);
            const all = (await account.read(startedAt, limits))?.value;
            const isClear = all?.snapshots.every(({ server }) => server_idsOf(server).length > 0) === true;
            if (all?.complete === true && isClear)
                return { ...all, snapshots: all.snapshots.filter(({ server }) => isOfServer(server, ids)) };
            const own = await filtered(serverId, limits);
            account.noteDetour();
            return own;
        },
    };
}

;// CONCATENATED MODULE: ./build/github/inputs/name-values.js

/** What the placeholders of `name_template` stand for in this job, at an instant (epoch milliseconds). */
function nameValuesOf(job, epochMs) {
    const { origin } = job;
    return {
        owner: job.owner,
        repo: job.repository.slice(job.repository.indexOf('/') + 1),
        ref: job.ref,
        sha: job.sha,
        sha7: job.sha.slice(0, 7),
        run_id: origin.runId,
        run_number: job.runNumber,
        run_attempt: String(origin.runAttempt),
        job: origin.job,
        workflow: job.workflow,
        ...formatInstant(epochMs),
    };
}

;// CONCATENATED MODULE: ./build/actions/create/names.js



/** Names every snapshot before the first request; that the names fit is known since the inputs were read. */
function nameSnapshots(inputs, deps) {
    const values = nameValuesOf(deps.job, deps.clock.wall());
    return inputs.serverIds.map((server, index) => {
        const name = renderName(inputs.nameTemplate, { ...values, server_id: server });
        return createProgress(deps, index, { server, key: deps.newKey(), name });
    });
}

;// CONCATENATED MODULE: ./build/actions/create/record.js


/** Who makes the snapshots of this step. */
function describeOrigin(inputs, { job }) {
    return { ...job.origin, leg: hashCalledLeg(inputs.leg, job.call ?? '') };
}
/** What the post step needs to know of this step. */
function describeStep(inputs, deps) {
    const { repositoryId, runId, runAttempt, leg, use } = describeOrigin(inputs, deps);
    return {
        version: 1,
        repositoryId,
        runId,
        runAttempt,
        leg,
        use,
        apiUrl: inputs.apiUrl,
        servers: inputs.serverIds.length,
        policy: {
            onFailure: inputs.onFailure,
            onCancel: inputs.onCancel,
            onSuccess: inputs.onSuccess,
            keepLast: inputs.keepLast,
            restoreIfGiven: inputs.restoreIfGiven,
        },
        restoreTimeout: inputs.restoreTimeout,
        restoreMaxAge: inputs.restoreMaxAge,
        pollInterval: inputs.pollInterval,
        healthUrls: inputs.healthUrls,
        dryRun: inputs.dryRun,
        statusBefore: inputs.jobStatus.toLowerCase(),
        stopsServers: inputs.stopServer,
        interrupted: false,
        succeeded: false,
    };
}
function saveStep(deps, step) {
    deps.runner.saveState(STEP_STATE, JSON.stringify(step));
    return step;
}

;// CONCATENATED MODULE: ./build/actions/create/summary.js





/** The job summary of the main step. */
function summarizeCreate(servers, inputs, deps, alerts) {
    const lead = onlyError(alerts);
    const completed = servers.filter(({ record }) => record.phase === 'completed');
    const commands = completed.flatMap(({ record: { snapshotId, idIsLossless } }) => snapshotId !== null && idIsLossless ? [restoreCommand(inputs.apiUrl, snapshotId)] : []);
    const headline = headlineOf(servers, inputs, deps.cancelled.aborted, lead);
    return renderReport({ headline, lead, rows: servers.map(rowOf), alerts, commands }, deps);
}
/** The state of the servers first, then what became of the snapshots. */
function headlineOf(servers, inputs, cancelled, lead) {
    const all = servers.length;
    const done = servers.filter(({ record }) => record.phase === 'completed').length;
    const requested = servers.filter(({ record }) => record.snapshotId !== null).length;
    const isUncertain = servers.some(({ record }) => record.phase === 'intent' || (record.resentAt !== null && record.snapshotId === null));
    const count = (number) => (all === 1 ? '' : `: ${number} of ${all} servers`);
    const noun = all === 1 ? 'snapshot' : 'snapshots';
    const isReused = servers.every(({ record }) => record.reused);
    if (inputs.dryRun)
        return lead === undefined
            ? `🔎 Dry run: the ${noun} would be ${isReused ? 'reused' : 'created'}`
            : describeFailedPlan(lead);
    if (cancelled && done < all) {
        const state = requested === 0 ? 'not requested' : 'not waited for';
        return `⏹️ Interrupted: VPS.org ${noun} ${isUncertain ? 'requested, outcome unknown' : state}${count(done)}`;
    }
    if (servers.some(({ record }) => isStoppedByUs(record.power))) {
        const made = done === all ? `${noun} complete` : `${noun} not complete`;
        return `🛑 ${all === 1 ? 'Server' : 'A server'} NOT started again after the stop: start it (${made})`;
    }
    if (isUncertain)
        return `❓ Unknown whether the VPS.org ${noun} ${all === 1 ? 'was' : 'were'} made`;
    if (done === all && isReused)
        return `♻️ VPS.org ${noun} reused from an earlier attempt${count(done)}`;
    if (done === all)
        return `📸 VPS.org ${noun} complete${count(done)}`;
    if (!inputs.wait && requested === all)
        return `⏳ VPS.org ${noun} requested, not waited for${count(requested)}`;
    if (lead === undefined)
        return requested === 0 ? `❌ No VPS.org ${noun}` : `❌ VPS.org ${noun} not complete${count(done)}`;
    const isInTitle = requested > 0 || /no snapshot/i.test(lead.title);
    const complete = all === 1 ? '' : `: ${done} of ${all} complete`;
    return `❌ ${lead.title}${isInTitle ? complete : ': no snapshot was made'}`;
}

;// CONCATENATED MODULE: ./build/actions/create/create.js





















/**
 * The root action's main step: makes a snapshot of each server, waits for it unless told not to, and saves at
 * every point what the post step needs to find what was begun. Throws where the step is to be red.
 */
async function create(inputs, deps) {
    const options = { inputs, origin: describeOrigin(inputs, deps) };
    const servers = nameSnapshots(inputs, deps);
    const step = saveStep(deps, describeStep(inputs, deps));
    const start = createStarter(deps);
    // Every name of the state is written, so that none can be planted through the environment.
    for (const progress of servers)
        progress.save(progress.record);
    deps.runner.checkFiles();
    const createAll = async () => {
        try {
            const plans = await planServers(servers, within(deps, BUDGETS.beforeChange), options);
            if (inputs.dryRun)
                reportPlans(plans, inputs, deps);
            else
                await makeSnapshots(plans, servers, deps, { ...options, start });
        }
        catch (error) {
            throw deps.cancelled.aborted ? interruptedBy(error, servers, step, deps) : error;
        }
        finally {
            await Promise.all(servers.map(start));
            nameUncertain(servers, deps);
            publish(deps, servers);
        }
        if (deps.cancelled.aborted)
            throw interruptedBy(undefined, servers, step, deps);
        if (servers.some(({ record }) => isStoppedByUs(record.power)))
            throw new AlreadyReportedError('a server was not started again');
        saveStep(deps, { ...step, succeeded: true });
    };
    await writeReport(deps, async () => {
        try {
            await createAll();
        }
        catch (error) {
            throw await explainRefusal(error, deps);
        }
    }, (alerts) => summarizeCreate(servers, inputs, deps, alerts));
}
/** Adds what the token may do to the error that a refusal ended in, where that does not say it yet. */
async function explainRefusal(error, deps) {
    if (!(error instanceof FailedError && error.cause instanceof VpsError) || error.isExplained)
        return error;
    const remark = await explainToken(error.cause, deps);
    if (remark === '')
        return error;
    const { title, message, more, cause } = error;
    return new FailedError(title, `${message}\n${remark}`, { ...more, cause });
}
/** Reads and plans all servers before anything is changed on one. */
async function planServers(servers, deps, options) {
    const { inputs } = options;
    if (areMixed(inputs.serverIds))
        await Promise.all(servers.map((progress) => identifyServer(progress, deps)));
    if (inputs.onRerun === 'reuse' && deps.job.call === null) {
        deps.log.notice('No snapshot is reused', "'on_rerun: reuse' has no effect: this runner does not say whether the job is part of a reusable workflow, so the snapshot could be that of another call. A new one is created.");
    }
    const limit = createLimiter();
    const readers = createPlanReaders(servers.length, deps);
    const announcing = announceEnd(inputs, deps);
    const planning = servers.map((progress) => limit(async () => await planServer(progress, deps, options, readers)));
    await settleAll([announcing, ...planning]);
    refuseSameServer(servers);
    return await planLate(await Promise.all(planning), deps, options, limit);
}
/**
 * Makes the plans that wait for a restore, once no other one has failed, and then those again that have become old
 * meanwhile.
 */
async function planLate(planned, deps, options, limit) {
    const waiting = planned.map(async (each) => (typeof each === 'function' ? await each() : each));
    await settleAll(waiting);
    const plans = await Promise.all(waiting);
    if (!planned.some((each) => typeof each === 'function'))
        return plans;
    const budget = renewBudget(deps);
    const again = plans.map(async (plan) => plan.kind === 'create' && isStale(plan, deps)
        ? await limit(async () => await planAgain(plan, budget, options))
        : plan);
    await settleAll(again);
    return await Promise.all(again);
}
/** The dry run: says what would be done on each server. */
function reportPlans(plans, inputs, deps) {
    for (const plan of plans) {
        const { record } = plan.progress;
        const isMade = plan.kind !== 'reuse';
        if (plan.server === null) {
            deps.log.warning('Server cannot be read', `${labelOf(record)}: it is unknown whether this server exists, because it could not be read.`);
        }
        const parts = [
            inputs.stopServer && isMade ? 'stop the server if it is active' : '',
            plan.kind === 'rotate' ? `delete snapshot ${plan.toDelete.id} (${plan.reason})` : '',
            plan.kind === 'reuse' ? `reuse snapshot ${plan.snapshot.id}` : `create the snapshot ${record.name}`,
            inputs.stopServer && isMade ? 'start the server again' : '',
        ];
        const would = parts.filter((part) => part !== '').join(', ');
        deps.log.event(labelOf(record), `dry run, nothing is changed. Would ${would}`);
    }
}
/** A signal ended the step: says which servers are down, or go down, which post starts, and what is gone for nothing. */
function interruptedBy(cause, servers, step, deps) {
    saveStep(deps, { ...step, interrupted: true });
    const down = servers.flatMap(({ record }) => {
        if (!isStoppedByUs(record.power))
            return [];
        const text = `${describeStop(record.power)}; the post step starts it again`;
        deps.log.event(labelOf(record), text);
        return [`${labelOf(record)}: ${text}.`];
    });
    const deleted = servers
        .filter(({ rotated, record }) => rotated !== null && record.snapshotId === null)
        .map((progress) => `${labelOf(progress.record)}:${describeRotation(progress)}`);
    const urgent = [...down, ...deleted];
    return new CancelledError(urgent.join('\n'), { cause });
}
function describeStop({ stop }) {
    switch (stop) {
        case 'confirmed':
            return 'the server is STOPPED';
        case 'accepted':
            return 'VPS.org took the stop of this server, so that it goes down';
        default:
            return 'a stop of this server was requested, and VPS.org may have taken it';
    }
}
/** A request without a known end is named here as well: the post step may be cut off, too. */
function nameUncertain(servers, { log }) {
    for (const { record } of servers) {
        if (record.phase !== 'intent')
            continue;
        log.event(labelOf(record), `it is unknown whether the snapshot ${record.name} was made; the post step will look for it`);
    }
}

;// CONCATENATED MODULE: ./build/github/inputs/api.js



const api_DEFAULT_API_URL = 'https://admin.vps.org/api/v1';
function readApi(reader) {
    const apiToken = reader.text('api_token');
    api_maskToken(apiToken);
    return {
        apiToken: reader.attempt('api_token', '', () => values_parseToken(apiToken)),
        apiUrl: reader.read('api_url', api_DEFAULT_API_URL, values_parseApiUrl),
        dryRun: reader.read('dry_run', false, parseBoolean),
    };
}
/** Tells the runner to hide a token, line by line: a mask with line breaks in it would match nothing. */
function api_maskToken(token) {
    for (const line of token.split(/\s+/))
        if (line !== '')
            setSecret(line);
}
function api_readGithubToken(reader) {
    const token = reader.text('github_token');
    api_maskToken(token);
    return token;
}
/** An age: longer than any duration of a workflow run. */
function parseAge(text) {
    return parseDuration(text, { max: 3650 * UNITS.d });
}

;// CONCATENATED MODULE: ./build/github/inputs/root.js










/** Saved state has 128 KiB for all servers of a step. */
const MOST_SERVERS = 50;
const root_ON_FAILURE = ['keep', 'restore', 'delete'];
const ON_SUCCESS = ['keep', 'delete'];
const DEFAULT_TEMPLATE = 'deploy-{repo}-{run_id}-{run_attempt}';
/** The inputs of the root action's main step in this job; throws {@link InputError}. */
function readRootInputs(job) {
    const reader = new reader_InputReader(core_getInput);
    const restoreIf = reader.text('restore_if');
    api_readGithubToken(reader);
    const api = readApi(reader);
    const inputs = {
        ...api,
        serverIds: reader.list('server_id', parseIds, 'it is empty: give the id of the server, as the panel of VPS.org or the API shows it'),
        nameTemplate: reader.attempt('name_template', [], () => parseTemplate(reader.text('name_template') || DEFAULT_TEMPLATE)),
        description: reader.text('description'),
        wait: reader.read('wait', true, parseBoolean),
        waitTimeout: reader.read('wait_timeout', 30 * UNITS.m, parseDuration),
        pollInterval: reader.pollInterval(),
        stopServer: reader.read('stop_server', false, parseBoolean),
        whenFull: reader.read('when_full', 'fail', (text) => parseChoice(text, ['fail', 'rotate'])),
        onRerun: reader.read('on_rerun', 'create', (text) => parseChoice(text, ['create', 'reuse'])),
        onFailure: reader.read('on_failure', 'keep', (text) => parseChoice(text, root_ON_FAILURE)),
        onCancel: reader.read('on_cancel', 'keep', (text) => parseChoice(text, root_ON_FAILURE)),
        onSuccess: reader.read('on_success', 'keep', (text) => parseChoice(text, ON_SUCCESS)),
        restoreIfGiven: restoreIf !== '',
        keepLast: reader.read('keep_last', 0, (text) => parseCount(text, 0, 1000)),
        restoreTimeout: reader.read('restore_timeout', 30 * UNITS.m, parseDuration),
        restoreMaxAge: reader.read('restore_max_age', null, parseAge),
        isProtected: reader.read('protect', false, parseBoolean),
        healthUrls: reader.read('health_url', [], parseHealthUrls),
        jobStatus: reader.text('job_status'),
        leg: hashLeg(reader.text('matrix')),
    };
    checkRoot(reader, inputs, restoreIf);
    checkNames(reader, inputs, job);
    return reader.finish(inputs);
}
function checkRoot(reader, inputs, restoreIf) {
    if (inputs.serverIds.length > MOST_SERVERS)
        reader.problem('server_id', `more than ${MOST_SERVERS} servers in one step`);
    if (inputs.stopServer && !inputs.wait) {
        reader.problem('stop_server', "it needs 'wait: true': the server is started again when the snapshot is complete");
    }
    if (inputs.keepLast > 0 && inputs.onSuccess === 'delete') {
        reader.problem('keep_last', "it cannot be used with 'on_success: delete', which deletes the snapshot that it would keep: leave one of them out");
    }
    const ends = { on_failure: inputs.onFailure, on_cancel: inputs.onCancel, on_success: inputs.onSuccess };
    const deleting = Object.entries(ends).flatMap(([name, end]) => (end === 'delete' ? [name] : []));
    const flags = { isProtected: inputs.isProtected, isUnwaited: !inputs.wait, isUndo: false };
    if (kinds_treat('deleteOption', flags) === 'input_error' && deleting.length > 0)
        reader.problem('protect', `it cannot be used with ${deleting.join(' or ')} set to 'delete'`);
    const asked = readRestoreIf(restoreIf);
    if (asked === 'yes') {
        reader.problem('restore_if', "it is already true before the deploy has run. Write it with == 'failure', as in ${{ steps.deploy.outcome == 'failure' }}: a step that has not run or was skipped is not a failed one, so != 'success' does not work");
    }
    else if (asked === null) {
        reader.problem('restore_if', `${JSON.stringify(restoreIf.slice(0, 80))} is neither true nor false nor empty${/[=.(]/.test(restoreIf) ? '. An expression has to be inside ${{ }}' : ''}`);
    }
}
/** Ids and the template's own text may be too long for a name, which is known only with the job's values. */
function checkNames(reader, { nameTemplate, serverIds }, job) {
    reader.attempt('name_template', null, () => {
        for (const server of serverIds)
            renderName(nameTemplate, { ...nameValuesOf(job, 0), server_id: server });
        return null;
    });
}
/** The inputs of the root action's post step; never throws for what they contain. */
function readPostInputs() {
    const reader = new InputReader(getInput);
    const apiToken = reader.text('api_token');
    maskToken(apiToken);
    reader.attempt('api_token', '', () => parseToken(apiToken));
    const [reason] = reader.problems;
    return {
        apiToken,
        apiUrl: reader.attempt('api_url', '', () => parseApiUrl(reader.text('api_url') || DEFAULT_API_URL)),
        githubToken: readGithubToken(reader),
        jobStatus: reader.text('job_status'),
        restoreIf: reader.text('restore_if'),
        tokenCheck: reason === undefined ? { ok: true } : { ok: false, reason },
    };
}

;// CONCATENATED MODULE: external "node:path"
const external_node_path_namespaceObject = firstUse("node:path");
var external_node_path_default = /*#__PURE__*/__nccwpck_require__.n(external_node_path_namespaceObject);
;// CONCATENATED MODULE: ./build/github/job-files/job-files.js



/**
 * Small files under `RUNNER_TEMP`, which the runner empties at the beginning of each job; on a runner that has none
 * nothing is written, and nothing is there. `fact` says what a file is about, `apiUrl` which API its ids belong to.
 */
function createJobFiles(fact, job, apiUrl) {
    const folder = external_node_path_default().join(job.temp, 'vps-snapshot-action');
    const { repositoryId, runId, runAttempt, job: jobId } = job.origin;
    const headOf = (subject) => JSON.stringify({ version: 1, fact, subject, apiUrl, repositoryId, runId, runAttempt, job: jobId });
    const fileOf = (subject) => {
        const name = (0,external_node_crypto_namespaceObject.createHash)('sha256').update(`${apiUrl}\n${subject}`).digest('hex').slice(0, 32);
        return external_node_path_default().join(folder, `${fact}-${name}`);
    };
    return {
        write(subject, value = '') {
            if (job.temp === '')
                return;
            (0,external_node_fs_namespaceObject.mkdirSync)(folder, { recursive: true });
            (0,external_node_fs_namespaceObject.writeFileSync)(fileOf(subject), `${headOf(subject)}\n${value}\n`);
        },
        remove(subject) {
            if (job.temp !== '')
                (0,external_node_fs_namespaceObject.rmSync)(fileOf(subject), { force: true });
        },
        read(subject) {
            if (job.temp === '')
                return null;
            try {
                const text = (0,external_node_fs_namespaceObject.readFileSync)(fileOf(subject), 'utf8');
                const [, value = ''] = text.split('\n');
                // Whole to its last line end: a full disk may have cut it anywhere.
                return text === `${headOf(subject)}\n${value}\n` ? value : null;
            }
            catch {
                return null;
            }
        },
    };
}
/** What a marker has room for. */
const MOST_USES = 99;
/** How many uses of the action in its job this is, from 1 on; 1 where nobody can count. */
function countUse(job) {
    const files = createJobFiles('uses', job, '');
    const use = Number(files.read('count') ?? '0') + 1;
    try {
        files.write('count', String(use));
    }
    catch {
        return 1;
    }
    return Number.isSafeInteger(use) ? Math.min(use, MOST_USES) : 1;
}
/** When the first post step of this action began in this job, epoch milliseconds: now, if nobody noted it before. */
function noteFirstPost(job, now) {
    const files = createJobFiles('first-post', job, '');
    const noted = Number(files.read('at') ?? 'NaN');
    if (Number.isFinite(noted) && noted <= now)
        return noted;
    try {
        files.write('at', String(now));
    }
    catch {
        // Nobody else can know then, and this one takes the whole time.
    }
    return now;
}

;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = firstUse("node:os");
;// CONCATENATED MODULE: external "node:timers/promises"
const external_node_timers_promises_namespaceObject = firstUse("node:timers/promises");
;// CONCATENATED MODULE: ./build/github/job-files/deletion-record.js

function createDeletionRecords(job, apiUrl) {
    const files = createJobFiles('deletion', job, apiUrl);
    return {
        save: (id, state) => files.write(id, state),
        read(id) {
            const state = files.read(id);
            return state === 'deleted' || state === 'unknown' ? state : null;
        },
    };
}

;// CONCATENATED MODULE: ./build/github/job-files/completion-proof.js

function createCompletionProofs(job, apiUrl) {
    const files = createJobFiles('completed', job, apiUrl);
    return {
        save(id) {
            if (job.temp === '')
                throw new Error('RUNNER_TEMP is not set');
            files.write(id);
        },
        has: (id) => files.read(id) !== null,
    };
}

;// CONCATENATED MODULE: ./build/github/job-files/restore-record.js

function createRestoreRecords(job, apiUrl) {
    const files = createJobFiles('restore', job, apiUrl);
    return {
        save: (ids) => ids.forEach((id) => files.write(id)),
        withdraw: (ids) => ids.forEach((id) => files.remove(id)),
        has: (ids) => ids.some((id) => files.read(id) !== null),
    };
}

;// CONCATENATED MODULE: ./build/vps/schemas.js


/**
 * The schema checks. A missing, null or new field never breaks more than itself; only an answer whose shape
 * makes it unusable is refused, with a {@link SchemaError} that says what was expected.
 */
class SchemaError extends Error {
    name = 'SchemaError';
}
/** A JSON number whose digits a double cannot hold, with the digits as they were sent. */
class BigNumber {
    digits;
    constructor(digits) {
        this.digits = digits;
    }
}
/** Parses JSON and keeps the digits of integers above 2^53; throws {@link SchemaError} for anything else. */
function parseJson(body) {
    try {
        // The digits matter only where a number has enough of them to lose one; looking at each value is slow.
        if (!/\d{16}/.test(body))
            return JSON.parse(body);
        return JSON.parse(body, (_key, value, context) => {
            const source = context?.source ?? '';
            return /^\d+$/.test(source) && !Number.isSafeInteger(value) ? new BigNumber(source) : value;
        });
    }
    catch (cause) {
        const start = cleanText(body, 60);
        throw new SchemaError(start === '' ? 'the body is empty' : `the body is not JSON, it begins: ${start}`, {
            cause,
        });
    }
}
function fieldsOf(value, what) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof BigNumber) {
        throw new SchemaError(`${what} is not an object`);
    }
    return value;
}
function textOf(value, limit) {
    return typeof value === 'string' ? cleanText(value, limit) : null;
}
/** A status word in lower case, empty where there is none. */
function wordOf(value) {
    return (textOf(value, 40) ?? '').toLowerCase();
}
/** The fields of a part that may be missing. */
function partOf(value) {
    return typeof value === 'object' && value !== null ? value : {};
}
/** A count or a size. */
function amountOf(value) {
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
/** An id as text; `null` for none, and for one that may not stand in a path. */
function idOf(value) {
    if (value instanceof BigNumber)
        return ID_PATTERN.test(value.digits) ? { id: value.digits, idIsLossless: false } : null;
    if (typeof value === 'number')
        return Number.isSafeInteger(value) && value >= 0 ? { id: String(value), idIsLossless: true } : null;
    return typeof value === 'string' && ID_PATTERN.test(value) ? { id: value, idIsLossless: true } : null;
}
function parseServerRef(value) {
    if (typeof value !== 'object' || value === null)
        return { id: idOf(value)?.id ?? null, uuid: null, name: null };
    const fields = value;
    return {
        id: idOf(value instanceof BigNumber ? value : fields['id'])?.id ?? null,
        uuid: idOf(fields['uuid'])?.id ?? null,
        name: textOf(fields['name'], 100),
    };
}
/** Longer than any description that this tool writes; a marker behind it cannot be ours. */
const DESCRIPTION_READ = 4096;
/** One snapshot of a list or of the answer to a create request. */
function parseSnapshot(value) {
    const fields = fieldsOf(value, 'a snapshot');
    const id = idOf(fields['id']) ?? idOf(fields['uuid']);
    const createdAt = textOf(fields['created_at'], 64);
    const description = fields['description'];
    return {
        id: id?.id ?? null,
        idIsLossless: id?.idIsLossless ?? false,
        server: parseServerRef(fields['server']),
        name: textOf(fields['name'], 200),
        status: wordOf(fields['status']),
        sizeMb: amountOf(fields['size_mb']),
        createdAt,
        created: parseTime(createdAt),
        description: typeof description === 'string' && description.length <= DESCRIPTION_READ ? description : null,
    };
}
/** Lengths at which a bare array may be the first page of a longer list. */
const PAGE_SIZES = new Set([10, 20, 25, 50, 100]);
/** A list: `{count, next, previous, results}`, the same without the links, or a bare array. */
function parsePage(value, what, parseItem) {
    if (Array.isArray(value)) {
        const isWhole = !PAGE_SIZES.has(value.length);
        return {
            items: value.map(parseItem),
            count: isWhole ? value.length : null,
            next: isWhole ? null : undefined,
        };
    }
    const fields = fieldsOf(value, `the list of ${what}`);
    const { results, next } = fields;
    if (!Array.isArray(results))
        throw new SchemaError(`the list of ${what} has no 'results'`);
    if (next !== undefined && next !== null && typeof next !== 'string') {
        throw new SchemaError(`'next' of the list of ${what} is no address`);
    }
    return {
        items: results.map(parseItem),
        count: amountOf(fields['count']),
        next: next === '' ? null : next,
    };
}
/** The answer to a create request: a snapshot that has an id. */
function parseCreated(value) {
    const snapshot = parseSnapshot(value);
    if (!hasId(snapshot))
        throw new SchemaError('the new snapshot has no usable id');
    return snapshot;
}
/** One server. */
function parseServer(value) {
    const fields = fieldsOf(value, 'the server');
    const ref = parseServerRef(value);
    if (ref.id === null && ref.uuid === null && typeof fields['status'] !== 'string') {
        throw new SchemaError('the server has neither an id nor a status');
    }
    return {
        ...ref,
        status: wordOf(fields['status']),
        updatedAt: textOf(fields['updated_at'], 64),
        ipAddress: textOf(fields['ip_address'], 64),
    };
}
/** The answer to a restore request; its parts may be missing, but it is an object. */
function parseRestoreAnswer(value) {
    const fields = fieldsOf(value, 'the answer to the restore request');
    return {
        status: wordOf(fields['status']),
        snapshotId: idOf(partOf(fields['snapshot'])['id'])?.id ?? null,
        server: parseServerRef(fields['server']),
        serverStatus: wordOf(partOf(fields['server'])['status']),
    };
}
/** The token's name and permissions, of `GET /account/me/`. */
function parseTokenInfo(value) {
    const token = fieldsOf(fieldsOf(value, 'the account')['token'], 'the token of the account');
    const permissions = token['permissions'];
    return {
        name: textOf(token['name'], 100),
        permissions: Array.isArray(permissions)
            ? permissions.flatMap((permission) => textOf(permission, 60) ?? []).slice(0, 50)
            : [],
    };
}
/** The reason in an error's body: `detail`, the fields' messages, or the beginning of plain text. */
function parseDetail(body) {
    let value;
    try {
        value = JSON.parse(body);
    }
    catch {
        const plain = body.slice(0, 4000).replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
        return cleanText(plain, 200) || undefined;
    }
    return cleanText(flatten(value).join('; ')) || undefined;
}
function flatten(value, depth = 0) {
    if (typeof value === 'string')
        return [value.slice(0, 1000)];
    if (typeof value !== 'object' || value === null || depth > 2)
        return [];
    if (Array.isArray(value))
        return value.slice(0, 10).flatMap((item) => flatten(item, depth + 1));
    return Object.entries(value)
        .slice(0, 10)
        .flatMap(([name, item]) => {
        const texts = flatten(item, depth + 1);
        const plain = name === 'detail' || name === 'message' || name === 'error' || name === 'non_field_errors';
        return texts.map((text) => (plain ? text : `${name}: ${text}`));
    });
}

;// CONCATENATED MODULE: ./build/vps/pages.js



/** How often a list is read again because it changed while its pages were read. */
const MAX_READS = 3;
/** Reads a list to its end, again where it changed meanwhile; what it cannot show is said by `complete`. */
async function readPages(send, firstPath, limits, listing) {
    let list = await readOnce(send, firstPath, limits, listing);
    const { mostPages = MOST_PAGES } = limits;
    for (let reads = 1; reads < MAX_READS && !list.complete; reads += 1) {
        if (list.pages === 1 || list.pages > mostPages || list.pages >= MOST_PAGES)
            break;
        list = await readOnce(send, firstPath, limits, listing);
    }
    return list;
}
async function readOnce(send, firstPath, { until, patience, mostPages }, { what, parseItem, idOf }) {
    const items = [];
    const ids = new Set();
    const visited = new Set();
    let first;
    let last;
    let now = null;
    let steady = true;
    let path = firstPath;
    while (path !== null && visited.size < MOST_PAGES) {
        let answer;
        try {
            answer = await send({
                method: 'GET',
                path,
                until,
                patience,
                // Behind the first page "there is no such page" means that the list has become shorter meanwhile.
                answers: visited.size > 0 ? [404] : [],
                read: ({ body }) => parsePage(parseJson(body), what, parseItem),
            });
        }
        catch (error) {
            if (visited.size === 0 || !(error instanceof VpsError) || error.status !== 404)
                throw error;
            return { items, complete: false, now, pages: visited.size + 1 };
        }
        const page = answer.value;
        if (first === undefined && mostPages !== undefined && countPages(page) > mostPages)
            return { items: page.items, complete: false, now: answer.now, pages: countPages(page) };
        first ??= page;
        last = page;
        now = answer.now ?? now;
        // An item on two pages, or another count: the list moved under the reader, and may have hidden an item.
        const fresh = page.items.filter((item) => !ids.has(idOf(item) ?? ''));
        if (fresh.length < page.items.length || page.count !== first.count)
            steady = false;
        for (const item of fresh) {
            const id = idOf(item);
            if (id !== null)
                ids.add(id);
        }
        items.push(...fresh);
        visited.add(path);
        path = nextPath(page.next, firstPath);
        // A link that leads back would be followed for ever and prove nothing.
        if (path !== null && visited.has(path))
            break;
    }
    const full = last !== undefined && last.count !== null && items.length >= last.count;
    const ended = last?.next === null;
    // On several pages the end of the links proves less than the number of items: one may have slipped through.
    const complete = steady && (full || (ended && (visited.size === 1 || last?.count === null)));
    return { items, complete, now, pages: visited.size };
}
/** How many pages of this size hold `count` items; 1 where nobody knows. */
function countPages({ count, items }) {
    return count === null || items.length === 0 ? 1 : Math.ceil(count / items.length);
}
/**
 * The path of the next page: the link's query on the list's own path. Host and path of the link are not looked at,
 * since proxies rewrite them, and the token never follows a link to another host.
 */
function nextPath(next, firstPath) {
    if (next === null || next === undefined)
        return null;
    const query = URL.parse(next, 'https://any.example')?.search ?? '';
    // A link without a query leads to the first page, where nothing new is to be found.
    return query === '' ? firstPath : firstPath.replace(/\?.*$/, '') + query;
}

;// CONCATENATED MODULE: ./build/vps/api.js





/** The longest page that the API gives. */
const PAGE_SIZE = 100;
const SNAPSHOTS = {
    what: 'snapshots',
    parseItem: parseSnapshot,
    idOf: ({ id }) => id,
};
const SERVERS = {
    what: 'servers',
    parseItem: parseServer,
    idOf: ({ id, uuid }) => id ?? uuid,
};
/** The endpoints over a client. */
function createApi(send) {
    async function get(path, { until, patience }, parse) {
        return (await send({ method: 'GET', path, until, patience, read: json(parse) })).value;
    }
    return {
        async listSnapshots({ serverId, mostPages }, limits) {
            const query = new URLSearchParams({
                ...(serverId !== undefined && { server_id: serverId }),
                page_size: String(PAGE_SIZE),
            });
            const { items, ...rest } = await readPages(send, `/snapshots/?${query}`, { ...limits, mostPages }, SNAPSHOTS);
            return { snapshots: items, ...rest };
        },
        async createSnapshot({ serverId, name, description }, { until }) {
            const body = { server_id: idForBody(serverId), name, description };
            return (await send({ method: 'POST', path: '/snapshots/', body, until, read: json(parseCreated) }))
                .value;
        },
        async restoreSnapshot(id, { until, sendBy }) {
            const path = `/snapshots/${encodeURIComponent(id)}/restore/`;
            refuseUnsafe('POST', path, id);
            return (await send({ method: 'POST', path, until, sendBy, once: true, read: json(parseRestoreAnswer) }))
                .value;
        },
        async deleteSnapshot(id, { until, once = false }) {
            const path = `/snapshots/${encodeURIComponent(id)}/`;
            refuseUnsafe('DELETE', path, id);
            try {
                const read = ({ status }) => (status === 204 ? 'deleted' : 'accepted');
                return (await send({ method: 'DELETE', path, until, once, read })).value;
            }
            catch (error) {
                if (error instanceof VpsError && error.status === 404 && !error.isHtml)
                    return 'absent';
                throw error;
            }
        },
        getServer: (id, limits) => get(`/servers/${encodeURIComponent(id)}/`, limits, parseServer),
        async listServers(limits) {
            const { items, complete } = await readPages(send, `/servers/?page_size=${PAGE_SIZE}`, limits, SERVERS);
            return { servers: items, complete };
        },
        async powerServer(id, action, { until }) {
            const path = `/servers/${encodeURIComponent(id)}/power/`;
            // The body of the answer is not known: an empty one or plain text is no reason to doubt a 2xx. A web page is.
            await send({ method: 'POST', path, body: { action }, until, read: anythingButHtml });
        },
        getTokenInfo: (limits) => get('/account/me/', limits, parseTokenInfo),
    };
}
/** Reads an answer that is JSON of a known shape. */
function json(parse) {
    return ({ body }) => parse(parseJson(body));
}
function anythingButHtml({ body }) {
    if (isWebPage(body))
        throw new SchemaError('the body is a web page');
}
/** The last guard before a snapshot is overwritten or deleted: an encoded `..` would fold into the list's address. */
function refuseUnsafe(method, path, id) {
    if (!ID_PATTERN.test(id))
        throw new VpsError({ kind: 'unsafe_id', method, path });
}
/** A number where the id is one that a double holds, else text: the API documents integers, and servers have UUIDs. */
function idForBody(id) {
    const number = Number(id);
    return /^(0|[1-9]\d*)$/.test(id) && Number.isSafeInteger(number) ? number : id;
}

;// CONCATENATED MODULE: ./build/vps/client/call.js





/** Sends a call once; a change that is under way has until `grace` after a cancel. */
async function sendOnce(options, call, timeoutMs, grace) {
    const { clock } = options;
    const startedAt = clock.now();
    const note = (outcome) => {
        options.report.debug(`${call.method} ${call.path} ${outcome} ${Math.round(clock.now() - startedAt)} ms`);
    };
    try {
        const response = await options.transport({
            method: call.method,
            url: options.apiUrl + call.path,
            headers: {
                authorization: `Bearer ${options.token}`,
                accept: 'application/json',
                'content-type': 'application/json',
            },
            ...(call.body && { body: JSON.stringify(call.body) }),
            timeoutMs,
            signal: call.method === 'GET' ? options.cancelled : grace,
        });
        note(response.status);
        // An API may repeat the token in an error; from here on it would be a text like any other.
        const body = response.body.replaceAll(options.token, '***');
        return readAnswer(call, { ...response, body }, clock);
    }
    catch (error) {
        if (!(error instanceof TransportError))
            throw error;
        const { kind, reason } = error;
        note(reason === undefined ? kind : `${kind} (${reason})`);
        const { method, path } = call;
        return {
            error: new VpsError({ method, path, kind: call_kindOf(method, kind), reason }, { cause: error }),
        };
    }
}
function readAnswer(call, response, clock) {
    const { status, headers, body } = response;
    const date = Date.parse(headers['date'] ?? '');
    const now = Number.isNaN(date) ? null : date;
    const { method, path } = call;
    const retryAfter = parseRetryAfter(headers['retry-after'], now ?? clock.wall());
    // An API's own framework may call an answer without a body `text/html`.
    const isPage = /^text\/html\b/i.test(headers['content-type'] ?? '') && body.trim() !== '';
    const isHtml = isPage || isWebPage(body);
    const fields = { method, path, status, isHtml, retryAfter };
    if (status < 200 || status >= 300)
        return { error: new VpsError({ ...fields, kind: 'http', detail: parseDetail(body) }) };
    try {
        return { answer: { value: call.read(response), now } };
    }
    catch (cause) {
        if (!(cause instanceof SchemaError))
            throw cause;
        return { error: new VpsError({ ...fields, kind: 'malformed', detail: cause.message }) };
    }
}
/** A change that was given up half-way may have been carried out: that is a lost answer, not a cancel. */
function call_kindOf(method, kind) {
    if (kind !== 'aborted')
        return kind;
    return method === 'GET' ? 'cancelled' : 'reset';
}

;// CONCATENATED MODULE: ./build/vps/client/gate.js

/** Between two requests after a 429, and the least of it while others wait: they do not leave at one instant. */
const FIRST_SPACING = 250;
const LEAST_SPACING = 100;
const LONGEST_SPACING = 15_000;
const SHORTEST_PAUSE = 1000;
/** Short against the minute that limits are usually counted over: what is left of it would go unused. */
const LONGEST_PAUSE = 10_000;
/** What each answer that is no 429 leaves of the spacing. */
const WIDENING = 0.9;
/**
 * A gate that is open until the API limits requests. Waiters do not wake at one instant: they leave one by one, with
 * a spacing that doubles when the API limits them once more and shrinks with each answer, so that it ends up at what the
 * API allows.
 */
function createGate(options) {
    const { clock, random, scale, cancelled } = options;
    const queue = [];
    let notBefore = 0;
    let spacing = 0;
    let closings = 0;
    let lastPass = Number.NEGATIVE_INFINITY;
    let closedAt = Number.NEGATIVE_INFINITY;
    let pumping = false;
    const readyAt = () => Math.max(notBefore, lastPass + spacing);
    const isHopeless = (until) => cancelled.aborted || Math.max(notBefore, clock.now()) >= until;
    function dropHopeless() {
        for (const waiter of queue.filter(({ until }) => isHopeless(until))) {
            queue.splice(queue.indexOf(waiter), 1);
            waiter.resolve(false);
        }
    }
    async function pump() {
        pumping = true;
        for (;;) {
            dropHopeless();
            if (queue.length === 0)
                break;
            if (readyAt() > clock.now()) {
                const firstEnd = Math.min(...queue.map(({ until }) => until));
                const wait = Math.min(readyAt() - clock.now(), firstEnd - clock.now(), SLICE_MS);
                // Never less than a millisecond: what is left of a sum of fractions may be too small to move a clock.
                await clock.sleep(Math.max(1, wait), cancelled);
                options.onWaiting();
                continue;
            }
            const change = queue.findIndex(({ priority }) => priority === 'change');
            const [next] = queue.splice(Math.max(0, change), 1);
            lastPass = clock.now();
            next?.resolve(true);
        }
        pumping = false;
    }
    return {
        async pass(priority, until) {
            if (cancelled.aborted)
                return false;
            if (queue.length === 0 && readyAt() <= clock.now()) {
                lastPass = clock.now();
                return true;
            }
            if (isHopeless(until))
                return false;
            const passed = new Promise((resolve) => queue.push({ priority, until, resolve }));
            if (!pumping)
                void pump();
            return await passed;
        },
        close(retryAfter, sentAt) {
            // What was under way already when the gate closed tells nothing new about the pace.
            if (sentAt <= closedAt) {
                notBefore = Math.max(notBefore, clock.now() + (retryAfter ?? 0));
                return dropHopeless();
            }
            closedAt = clock.now();
            closings += 1;
            const backoff = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (closings - 1)) * (0.5 + random() / 2) * scale;
            notBefore = Math.max(notBefore, clock.now() + Math.max(retryAfter ?? 0, backoff));
            // Several in a row say one thing: the API takes nothing yet. How fast it takes what, only an answer tells.
            if (closings === 1)
                spacing = Math.min(LONGEST_SPACING * scale, Math.max(FIRST_SPACING * scale, spacing * 2));
            dropHopeless();
        },
        open() {
            closings = 0;
            spacing *= WIDENING;
            const least = LEAST_SPACING * scale;
            if (spacing < least)
                spacing = queue.length > 0 && spacing > 0 ? least : 0;
        },
    };
}

;// CONCATENATED MODULE: ./build/vps/client/outage.js
function createOutage(clock, report) {
    const failing = new Map();
    /** Whoever waits for a turn without a failure of its own waits because of this one. */
    let last = null;
    let isOut = false;
    return {
        failed(call, failure, startedAt) {
            const since = Math.min(startedAt, last?.since ?? startedAt);
            last = { failure, since, at: clock.now() };
            failing.set(call, { failure, since });
            isOut = true;
        },
        answered(call, sentAt) {
            failing.delete(call);
            // What was under way before the last failure tells nothing about the API after it.
            if (last !== null && sentAt >= last.at)
                last = null;
            if (!isOut || last !== null || failing.size > 0)
                return;
            isOut = false;
            report.answered();
        },
        ended: (call) => void failing.delete(call),
        report() {
            const [oldest = last] = failing.values();
            if (oldest !== null)
                report.waiting(oldest.failure, clock.now() - oldest.since);
        },
    };
}

;// CONCATENATED MODULE: ./build/vps/client/client.js






/** Time for one try, the same that the vendor's clients give it. */
const client_TRY_MS = 30_000;
/** How long a change in flight is waited for after a cancel, so that its id can be saved. */
const CANCEL_GRACE_MS = 5_000;
/** The client: deadlines, retries by the table, schema checks and one kind of error round a transport. */
function createClient(options) {
    const { clock, cancelled, random, pauses, report } = options;
    const grace = graceAfter(cancelled, clock);
    const outage = createOutage(clock, report);
    const gate = createGate({
        clock,
        random,
        scale: pauses.scale,
        cancelled,
        onWaiting: () => outage.report(),
    });
    /** Requests that the API asked not to send again before a time (monotonic). */
    const held = new Map();
    const pause = async (ms) => await sleepInSlices(clock, ms, cancelled, () => outage.report());
    /** Sits out what the API asked to wait after the same request of an earlier call. */
    async function waitUntilAllowed(call, startedAt, sendBy) {
        const hold = held.get(client_nameOf(call));
        if (hold === undefined || hold.until <= clock.now())
            return;
        if (hold.until >= sendBy)
            throw notSent(call, hold.failure.status, hold.failure, ASKED_TO_WAIT);
        outage.failed(call, hold.failure, startedAt);
        await pause(hold.until - clock.now());
    }
    async function sendUntilDone(call) {
        const startedAt = clock.now();
        const sendBy = Math.min(call.until, call.sendBy ?? call.until);
        let failure;
        let refusedSince = 0;
        let refusals = 0;
        for (let tries = 1;; tries += 1) {
            // Another call may have been told to wait longer than this one.
            await waitUntilAllowed(call, startedAt, sendBy);
            const passed = await gate.pass(call.method === 'GET' ? 'read' : 'change', sendBy);
            if (cancelled.aborted)
                throw errorOf(call, 'cancelled', { cause: failure });
            const sentAt = clock.now();
            if (!passed || sentAt >= sendBy)
                throw noTimeLeft(call, failure, tries - 1, passed);
            const result = await sendOnce(options, call, Math.min(client_TRY_MS, call.until - sentAt), grace);
            noteAtGate(gate, result, sentAt);
            if ('answer' in result) {
                outage.answered(call, sentAt);
                return result.answer;
            }
            failure = result.error;
            const { status, retryAfter } = failure;
            const allowedAt = clock.now() + (retryAfter ?? 0);
            if (status !== 429 && allowedAt > (held.get(client_nameOf(call))?.until ?? clock.now()))
                held.set(client_nameOf(call), { until: allowedAt, failure });
            const cause = causeOf(failure);
            refusals = isRefusal(cause) ? refusals + 1 : 0;
            if (refusals === 1)
                refusedSince = clock.now();
            const decision = call.answers?.includes(status ?? 0) === true
                ? 'final'
                : decideRetry({
                    method: call.method,
                    cause,
                    patience: call.patience ?? 'standing',
                    refusedFor: clock.now() - refusedSince,
                    refusals,
                    once: call.once === true,
                    persistent: options.persistent,
                }, pauses.spans);
            if (decision === 'final')
                throw failure.tried(tries);
            if (isLasting(cause))
                report.lasting(failure);
            outage.failed(call, failure, startedAt);
            const wanted = decision === 'retry_refusal' ? pauses.refusal : pauses.backoff(tries, random());
            const ms = cause === 429 ? 0 : Math.max(wanted, retryAfter ?? 0);
            if (clock.now() + ms >= call.until)
                throw failure.tried(tries, decision === 'retry_refusal');
            await pause(ms);
        }
    }
    return async (call) => {
        try {
            return await sendUntilDone(call);
        }
        finally {
            outage.ended(call);
        }
    };
}
function client_nameOf({ method, path }) {
    return `${method} ${path}`;
}
/** Only what the API itself says opens or closes the gate. */
function noteAtGate(gate, result, sentAt) {
    if ('answer' in result)
        return gate.open();
    const { kind, status, retryAfter } = result.error;
    if (status === 429)
        gate.close(retryAfter, sentAt);
    else if (kind === 'http' && (status ?? 500) < 500)
        gate.open();
}
const ASKED_TO_WAIT = 'the API asked to wait';
const LIMITED = 'the API limits the number of requests and asked to wait';
/** The API's own answer, with this status, leaves no time to send the call. */
function notSent({ method, path }, status, cause, detail) {
    return new VpsError({ kind: 'deadline', method, path, status, detail }, { cause });
}
/** Nothing is sent any more: the time is up, or it will be before the gate lets the call through. */
function noTimeLeft(call, failure, tries, passed) {
    if (!passed || failure?.status === 429)
        return notSent(call, 429, failure, LIMITED);
    return failure === undefined ? errorOf(call, 'deadline') : failure.tried(tries);
}
function errorOf({ method, path }, kind, options) {
    return new VpsError({ kind, method, path }, options);
}
/** Aborted {@link CANCEL_GRACE_MS} after `cancelled`. */
function graceAfter(cancelled, clock) {
    const grace = new AbortController();
    const end = async () => {
        await clock.sleep(CANCEL_GRACE_MS);
        grace.abort();
    };
    cancelled.addEventListener('abort', () => void end(), { once: true });
    return grace.signal;
}

;// CONCATENATED MODULE: ./build/actions/common/wiring.js








/** The client's pauses by a step's schedule. */
function pausesOf(schedule) {
    return {
        backoff: (tries, chance) => schedule.backoff(tries, chance),
        refusal: schedule.fastPoll,
        spans: { twice: schedule.span('firstRefusal'), standing: schedule.span('refusal') },
        scale: schedule.scale,
    };
}
/** Everything a use case needs. */
function createDeps(context, world, connection) {
    const { log, job, runner } = context;
    const { apiUrl, apiToken, pollInterval = null, persistent = false } = connection;
    const { clock, cancelled, random } = world;
    runner.hide(apiToken);
    const schedule = createSchedule(pollInterval, isLoopback(new URL(apiUrl).hostname));
    const send = createClient({
        apiUrl,
        token: apiToken,
        transport: world.transport,
        clock,
        random,
        pauses: pausesOf(schedule),
        report: { debug: (line) => log.debug(line), ...createOutageLog({ clock, log }), lasting: warnOnce(log) },
        persistent,
        cancelled,
    });
    return {
        ...context,
        clock,
        api: createApi(send),
        health: world.health,
        newKey: world.newKey,
        ownAddresses: world.ownAddresses,
        completionProofs: createCompletionProofs(job, apiUrl),
        restoreRecords: createRestoreRecords(job, apiUrl),
        deletionRecords: createDeletionRecords(job, apiUrl),
        cancelled,
        schedule,
        until: connection.until ?? Number.POSITIVE_INFINITY,
    };
}
/** What only a person can change is said at once, and once. */
function warnOnce(log) {
    let isReported = false;
    return (failure) => {
        if (!isReported)
            log.warning('The API cannot be reached', `${failure.message}. It is tried again.`);
        isReported = true;
    };
}

;// CONCATENATED MODULE: ./build/github/job.js

/** Reads the runner's variables; whatever is missing becomes empty (act and old servers give fewer). */
function readJob(env) {
    const get = (name) => env[name]?.trim() ?? '';
    const repository = get('GITHUB_REPOSITORY');
    const runId = get('GITHUB_RUN_ID');
    const attempt = get('GITHUB_RUN_ATTEMPT');
    const serverUrl = get('GITHUB_SERVER_URL');
    const sha = get('GITHUB_SHA');
    return {
        origin: {
            host: URL.parse(serverUrl)?.host ?? '',
            repositoryId: get('GITHUB_REPOSITORY_ID') || repository,
            repository,
            runId,
            runAttempt: /^\d{1,4}$/.test(attempt) ? Number(attempt) : 1,
            job: get('GITHUB_JOB'),
            leg: '',
            step: get('GITHUB_ACTION'),
            use: 1,
            sha,
        },
        repository,
        owner: get('GITHUB_REPOSITORY_OWNER') || (repository.split('/')[0] ?? ''),
        ref: get('GITHUB_REF_NAME') || get('GITHUB_REF').replace(/^refs\/(heads|tags)\//, ''),
        sha,
        runNumber: get('GITHUB_RUN_NUMBER'),
        workflow: get('GITHUB_WORKFLOW'),
        call: readCall(get),
        runUrl: serverUrl && repository && runId && !isOtherForge(env)
            ? `${serverUrl}/${repository}/actions/runs/${runId}`
            : '',
        guideUrl: guideUrl(env),
        temp: get('RUNNER_TEMP'),
        eventName: get('GITHUB_EVENT_NAME'),
        eventPath: get('GITHUB_EVENT_PATH'),
    };
}
/**
 * Which call of a reusable workflow the job belongs to: `<plan>.<calling jobs>.<job>.<leg>` is all that tells two calls
 * apart and stays the same in a re-run. GitHub's own runner, known by the service that it hands to actions, leaves that
 * open where it does not say it (`docs/decisions/reusable-workflows.md`).
 */
function readCall(get) {
    const id = get('ACTIONS_ORCHESTRATION_ID');
    if (id === '')
        return get('GITHUB_WORKFLOW_REF') === '' || get('ACTIONS_RUNTIME_URL') === '' ? '' : null;
    const place = id.slice(id.indexOf('.'));
    const at = `${place}.`.lastIndexOf(`.${get('GITHUB_JOB')}.`);
    return at < 0 ? null : place.slice(1, at);
}

;// CONCATENATED MODULE: ./build/vps/http-agent.js
/**
 * A connection that was silent for so long is not used again: longer than any pause between two polls, and much shorter
 * than routers and balancers remember one. One that they have forgotten swallows a request until its time is over.
 */
const LONGEST_IDLE_MS = 30_000;
/** The agent whose connections one read leaves open for the next. */
class KeptAgent {
    #agent = null;
    #usedAt = 0;
    /** The agent for a read that would have this one by itself. */
    choose(own) {
        if (!isDirect(own))
            return own;
        const isFit = this.#agent !== null &&
            protocolOf(this.#agent) === protocolOf(own) &&
            performance.now() - this.#usedAt <= LONGEST_IDLE_MS;
        if (!isFit)
            this.drop();
        this.note();
        this.#agent ??= own;
        return this.#agent;
    }
    /** An exchange has ended. */
    note() {
        this.#usedAt = performance.now();
    }
    /** Closes what is idle, and leaves alone what others are using. */
    drop() {
        const idle = Object.values(this.#agent?.freeSockets ?? {}).flatMap((sockets) => sockets ?? []);
        this.#agent = null;
        for (const socket of idle)
            socket.destroy();
    }
}
/** Not one that opens a proxy's tunnels, which are no pool: each request has its own. */
function isDirect(agent) {
    return 'freeSockets' in agent;
}
function protocolOf(agent) {
    return agent.protocol;
}

;// CONCATENATED MODULE: ./build/vps/http.js




/** Bodies above this are not read. */
const BODY_LIMIT = 10 * 1024 * 1024;
/**
 * The transport over sockets. `@actions/http-client` brings proxies and certificates as users expect them from an
 * action; three of its traps are closed here: its body readers never resolve on a cut body, its socket time-out
 * restarts with every byte, and its redirects take the token along. With `keepAlive` reads share their connections; a
 * change always has one of its own.
 */
function createHttpTransport(userAgent, { keepAlive = false } = {}) {
    const kept = new KeptAgent();
    return async (request) => {
        const shared = keepAlive && request.method === 'GET' ? kept : null;
        const timeout = AbortSignal.timeout(Math.ceil(Math.min(Math.max(1, request.timeoutMs), LONGEST_TIMER)));
        const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
        const handler = new ExchangeHandler(signal, userAgent === undefined, shared);
        const client = new http_client.HttpClient(userAgent, [handler], {
            allowRedirects: false,
            keepAlive: shared !== null,
        });
        try {
            const answer = client.request(request.method, request.url, request.body ?? '', { ...request.headers });
            const response = await Promise.race([answer, rejectOnAbort(signal)]);
            return await readResponse(response, request.statusOnly === true);
        }
        catch (error) {
            // Whatever it was may have befallen the others of its connections as well.
            shared?.drop();
            throw toTransportError(error, request, timeout, handler.isConnected);
        }
        finally {
            if (shared === null)
                client.dispose();
            else
                shared.note();
        }
    };
}
/** A proxy that hangs gives the request no socket to abort, so that the request alone would never resolve. */
function rejectOnAbort(signal) {
    return new Promise((_resolve, reject) => {
        const abort = () => reject(signal.reason);
        if (signal.aborted)
            abort();
        signal.addEventListener('abort', abort, { once: true });
    });
}
/**
 * Hands the deadline to the request itself, which is the only way to end one that hangs in its body, and notes when
 * the connection stands: a request that failed before that was never sent.
 */
class ExchangeHandler {
    isConnected = false;
    #signal;
    #anonymous;
    #shared;
    constructor(signal, anonymous, shared) {
        this.#signal = signal;
        this.#anonymous = anonymous;
        this.#shared = shared;
    }
    prepareRequest(options) {
        options.signal = this.#signal;
        // The library adds the runner's orchestration id to an agent name even where there is none.
        if (this.#anonymous && options.headers)
            delete options.headers['user-agent'];
        const own = options.agent;
        // The library passes `[::1]` with its brackets on to the resolver; a proxy is asked for it as it is written.
        if (isDirect(own) && options.host?.startsWith('['))
            options.host = options.host.slice(1, -1);
        const agent = (this.#shared?.choose(own) ?? own);
        const addRequest = (request, ...rest) => {
            request.once('socket', (socket) => this.#watch(request, socket));
            agent.addRequest(request, ...rest);
        };
        // In front of the agent, which other requests may have as well.
        options.agent = Object.create(agent, { addRequest: { value: addRequest } });
    }
    #watch(request, socket) {
        const note = () => void (this.isConnected = true);
        if (request.reusedSocket)
            note();
        else if ('encrypted' in socket)
            socket.once('secureConnect', note);
        else if (socket.connecting)
            socket.once('connect', note);
        else
            note();
    }
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return Promise.reject(new Error('no authentication is negotiated'));
    }
}
async function readResponse({ message }, statusOnly) {
    const status = message.statusCode ?? 0;
    const headers = {};
    for (const [name, value] of Object.entries(message.headers)) {
        if (value !== undefined)
            headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    if (statusOnly) {
        message.destroy();
        return { status, headers, body: '' };
    }
    if (Number(headers['content-length'] ?? 0) > BODY_LIMIT)
        throw tooLarge(message);
    const chunks = [];
    let size = 0;
    for await (const chunk of message) {
        size += chunk.length;
        if (size > BODY_LIMIT)
            throw tooLarge(message);
        chunks.push(chunk);
    }
    if (!message.complete)
        throw new TransportError('cut', 'the body ended early');
    // Without a byte order mark, which is no JSON.
    return { status, headers, body: new TextDecoder().decode(Buffer.concat(chunks)) };
}
function tooLarge(message) {
    message.destroy();
    return new TransportError('too_large', `the body is larger than ${BODY_LIMIT} bytes`);
}
/** Failures of the name look-up and of the connection; everything else before the connection stands is TLS. */
const http_KINDS = new Map([
    ['connect ECONNREFUSED', 'refused'],
    ['connect EHOSTUNREACH', 'refused'],
    ['connect ENETUNREACH', 'refused'],
    ['connect ETIMEDOUT', 'connect_timeout'],
    ['getaddrinfo ENOTFOUND', 'unresolved'],
    ['getaddrinfo EAI_AGAIN', 'unresolved'],
]);
/** What became of the exchange; an error that no socket gave is a mistake in the code and stays what it is. */
function toTransportError(error, request, timeout, isConnected) {
    if (error instanceof TransportError)
        return error;
    const message = error instanceof Error ? error.message : String(error);
    if (request.signal?.aborted)
        return new TransportError('aborted', message, { cause: error });
    if (timeout.aborted) {
        const kind = isConnected ? 'timeout' : 'connect_timeout';
        const what = isConnected ? 'no answer' : 'no connection';
        return new TransportError(kind, `${what} in ${Math.ceil(request.timeoutMs)} ms`, { cause: error });
    }
    const kind = http_kindOf(error, message, isConnected);
    if (kind === null)
        return error;
    return new TransportError(kind, message, { cause: error, reason: reasonOf(kind, error, message) });
}
const { expired, notYetValid, revoked, otherHost, unknownAuthority } = CERTIFICATE_PROBLEMS;
/** What Node's checks of a certificate say. */
const CERTIFICATE_REASONS = {
    CERT_HAS_EXPIRED: expired,
    CERT_NOT_YET_VALID: notYetValid,
    CERT_REVOKED: revoked,
    ERR_TLS_CERT_ALTNAME_INVALID: otherHost,
    DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
    SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
    UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
};
function reasonOf(kind, error, message) {
    if (kind === 'proxy') {
        const status = /statusCode=(\d+)/.exec(message)?.[1];
        if (status !== undefined)
            return `it answered with ${status}`;
        return /ECONNREFUSED/.test(message) ? 'nothing listens there' : 'it closed the connection';
    }
    // The code is only sometimes that of OpenSSL; its words are always in the text.
    if (/alert protocol version|unsupported protocol/.test(message))
        return 'the server has no TLS 1.2 or newer';
    if (/wrong version number|packet length too long/.test(message))
        return 'what answers does not speak TLS';
    const { code } = error;
    return typeof code === 'string' ? CERTIFICATE_REASONS[code] : undefined;
}
function http_kindOf(error, message, isConnected) {
    // The tunnel's own words: the library gives each of its failures the code of a lost connection.
    const tunnel = /^tunneling socket could not be established, (statusCode=(\d+))?/.exec(message);
    if (tunnel !== null)
        return tunnel[2] === '407' ? 'proxy_auth' : 'proxy';
    if (message === 'got illegal response body from proxy')
        return 'proxy';
    // A host with several addresses fails with one error for each of them.
    const inner = error instanceof AggregateError ? error.errors[0] : error;
    const { code, syscall } = inner;
    if (typeof code !== 'string')
        return null;
    if (/^ERR_TLS|CERT|SIGNATURE/.test(code))
        return 'certificate';
    if (code.startsWith('ERR_') && !/^ERR_(SSL|STREAM|SOCKET)_/.test(code))
        return null;
    return http_KINDS.get(`${String(syscall)} ${code}`) ?? (isConnected ? 'reset' : 'handshake');
}

;// CONCATENATED MODULE: ./build/entry/start.js












const USER_AGENT = 'vps-snapshot-action/1';
/** The machine's own time. */
const clock = {
    now: () => performance.now(),
    wall: () => Date.now(),
    async sleep(ms, signal) {
        try {
            await (0,external_node_timers_promises_namespaceObject.setTimeout)(Math.min(ms, LONGEST_TIMER), undefined, signal && { signal });
        }
        catch {
            // Aborted: the sleeper looks at the signal itself.
        }
    },
};
const NOTHING_FOLLOWS = 'Nothing new was sent after that; what was requested before is in the log.';
/** An abandoned request or timer must not hold a step that is at its end. */
const EXIT_DELAY_MS = 250;
/**
 * Runs a step to its end. The exit code is 1 from the start and becomes 0 only where `body` gives 0: whatever ends the
 * process early, a promise that never settles included, ends it red. All that is thrown becomes one annotation.
 */
async function run(body, options = {}) {
    process.exitCode = 1;
    // That a bundled library calls something old is nothing that a user could change.
    process.noDeprecation = true;
    surviveClosedStreams();
    const runner = createRunner({ needsFiles: options.needsFiles === true });
    const job = readJob(process.env);
    const context = { job, runner, log: createLog(runner, clock, job) };
    const cancelled = new AbortController();
    const listeners = [];
    const onSignal = () => {
        if (options.goesOnAfterSignals !== true)
            cancelled.abort();
        else
            for (const listener of listeners)
                listener();
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    try {
        warnOfEnvironment(context);
        const code = await body({
            ...context,
            clock,
            transport: createHttpTransport(USER_AGENT),
            connect: (connection) => createDeps(context, worldOf(cancelled.signal), connection),
            onSignal: (listener) => void listeners.push(listener),
        });
        if (cancelled.signal.aborted)
            throw new CancelledError();
        process.exitCode = code;
    }
    catch (error) {
        process.exitCode = 1;
        const whenCancelled = cancelled.signal.aborted ? (options.whenCancelled ?? NOTHING_FOLLOWS) : null;
        reportFailure(error, context, whenCancelled);
        if (error instanceof InputError)
            await summarizeMistakes(context);
    }
    finally {
        setTimeout(() => process.exit(), EXIT_DELAY_MS).unref();
    }
}
function worldOf(cancelled) {
    return {
        clock,
        transport: createHttpTransport(USER_AGENT, { keepAlive: true }),
        health: createHttpTransport(undefined),
        random: Math.random,
        newKey: external_node_crypto_namespaceObject.randomUUID,
        ownAddresses: readOwnAddresses(),
        cancelled,
    };
}
/** The addresses under which others reach this machine. */
function readOwnAddresses() {
    const all = Object.values((0,external_node_os_namespaceObject.networkInterfaces)()).flatMap((each) => each ?? []);
    return new Set(all.filter(({ internal }) => !internal).map(({ address }) => address));
}
/** A reader that went away or a full disk must not end a step between a request and what has to follow it. */
function surviveClosedStreams() {
    const ignore = () => { };
    process.stdout.on('error', ignore);
    process.stderr.on('error', ignore);
}
/** What earlier steps of the job may have put into the environment, and what becomes of it. */
function warnOfEnvironment({ log }) {
    if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
        // Read by Node at each connection: without it certificates are checked again.
        delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        log.warning('Certificate checks stay on', 'NODE_TLS_REJECT_UNAUTHORIZED=0 is set, and anybody on the way could read the token; it is ignored. For a private authority set NODE_EXTRA_CA_CERTS instead.');
    }
    const name = ['https_proxy', 'HTTPS_PROXY'].find((each) => (process.env[each] ?? '') !== '');
    if (name !== undefined && !/^https?:\/\//i.test(process.env[name] ?? '')) {
        log.warning('Proxy address without a scheme', `${name} does not begin with http://, so it may be ignored, and requests may go out directly: write http://host:port.`);
    }
}
/** Mistakes in the inputs end a step before it has anything else to say in a summary. */
async function summarizeMistakes(context) {
    const headline = '❌ Invalid inputs: nothing was sent to VPS.org';
    const alerts = context.log.alerts();
    await context.runner.writeSummary(renderReport({ headline, lead: onlyError(alerts), alerts }, context));
}
function reportFailure(error, { log }, whenCancelled) {
    if (error instanceof AlreadyReportedError)
        return log.debug(error.message);
    if (whenCancelled !== null) {
        const { urgent, cause } = error instanceof CancelledError ? error : { urgent: '', cause: error };
        if (cause !== undefined && !(cause instanceof CancelledError))
            log.info(alertOf(cause).text);
        const ended = `The job was cancelled, or a time-out ended this step. ${whenCancelled}`;
        return log.error('Interrupted', urgent === '' ? ended : `${urgent}\n${ended}`);
    }
    const { kind: _kind, title, text, ...more } = alertOf(error);
    log.error(title, text, more);
    if (error instanceof Error)
        log.debug(error.stack ?? '');
}

;// CONCATENATED MODULE: ./build/entry/main.js





void run(async (step) => {
    // A state that an earlier step planted is not to be this step's, wherever it ends.
    step.runner.saveState(STEP_STATE, '');
    const inputs = readRootInputs(step.job);
    const deps = step.connect(inputs);
    const origin = { ...step.job.origin, use: countUse(step.job) };
    await create(inputs, { ...deps, job: { ...deps.job, origin } });
    return 0;
}, {
    needsFiles: true,
    whenCancelled: 'The post step looks for what this step started and reports it.',
});

})();

module.exports = __webpack_exports__;
/******/ })()
;