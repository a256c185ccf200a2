explain web.default.svc.cluster.local
