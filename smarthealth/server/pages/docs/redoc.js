// Redoc over this server's own document; its search would need a worker made of a blob, which the page's policy forbids.
Redoc.init("/openapi.json", { disableSearch: true, hideDownloadButton: false }, document.getElementById("redoc"));
