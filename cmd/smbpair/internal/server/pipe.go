package server

import (
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/rpc"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
)

// createPipe opens a named pipe of IPC$.
func (rq *request) createPipe(cr *createRequest) proto.Status {
	s := rq.c.srv
	name := strings.ToLower(strings.TrimPrefix(cr.name, `\`))
	host := rpc.Host{Name: s.Name, User: rq.ss.user, Machine: s.machine()}
	for _, sh := range s.Shares {
		host.Shares = append(host.Shares, rpc.Share{Name: sh.Name})
	}
	host.Shares = append(host.Shares, rpc.Share{Name: "IPC$", Pipe: true})
	for _, u := range s.Users {
		host.Users = append(host.Users, u.Name)
	}
	p := rpc.Open(name, host)
	if p == nil {
		return proto.ObjectNameNotFound
	}
	o := rq.newOpen(cr, nil, proto.FileAll)
	o.pipe = p
	rq.open = o
	rq.createBody(o, proto.Opened, &contexts{})
	return proto.OK
}

func (rq *request) readPipe(n int) proto.Status {
	out, more, ok := rq.open.pipe.Read(n)
	if !ok {
		return proto.PipeEmpty
	}
	rq.answer(&smb2.ReadResponse{Data: out})
	if more {
		return proto.BufferOverflow
	}
	return proto.OK
}

func (rq *request) writePipe(data []byte) proto.Status {
	if !rq.open.pipe.Write(data) {
		return proto.PipeDisconnected
	}
	rq.answer(&smb2.WriteResponse{Count: uint32(len(data))})
	return proto.OK
}

func (rq *request) pipeControl(x *control) ([]byte, proto.Status) {
	if x.CtlCode != proto.FsctlPipeTransceive {
		return nil, proto.InvalidDeviceRequest
	}
	p := rq.open.pipe
	if !p.Write(x.Input) {
		return nil, proto.PipeDisconnected
	}
	out, more, ok := p.Read(x.max)
	switch {
	case !ok:
		return nil, proto.PipeEmpty
	case more:
		return out, proto.BufferOverflow
	}
	return out, proto.OK
}

// pipeInfo is the information that clients ask of pipes.
func (rq *request) pipeInfo(q *smb2.QueryInfoRequest) (b []byte, least int, st proto.Status) {
	if q.InfoType != infoFile {
		return nil, 0, proto.InvalidDeviceRequest
	}
	const quota = 4096 // bytes
	var m fscc.Structure
	switch q.Class {
	case 5:
		m = &fscc.Standard{Allocation: quota, Links: 1, DeletePending: 1}
	case 23:
		m = &fscc.Pipe{ReadMode: 1}
	case 24:
		m = &fscc.PipeLocal{Type: 1, Configuration: 2, MaximumInstances: ^uint32(0), Instances: 1, InboundQuota: quota, OutboundQuota: quota,
			WriteQuotaLeft: quota, State: 3, End: 1}
	default:
		return nil, 0, proto.InvalidParameter
	}
	b = fscc.Append(nil, m)
	return b, len(b), proto.OK
}
