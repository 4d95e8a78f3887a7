"""impacket as a client: client.py PORT"""
import io
import sys

from impacket.smb3structs import SMB2_DIALECT_002, SMB2_DIALECT_21, SMB2_DIALECT_30
from impacket.smbconnection import SMBConnection

port = int(sys.argv[1])
data = bytes(range(256)) * 1000
# 3.1.1 is left out: impacket 0.10 signs it wrongly, smbd turns it away too
for dialect in SMB2_DIALECT_002, SMB2_DIALECT_21, SMB2_DIALECT_30:
    c = SMBConnection("127.0.0.1", "127.0.0.1", sess_port=port, preferredDialect=dialect)
    c.login("tester", "Passw0rd!")
    c.createDirectory("data", "dir")
    c.putFile("data", "dir\\file", io.BytesIO(data).read)
    back = io.BytesIO()
    c.getFile("data", "dir\\file", back.write)
    assert back.getvalue() == data, "the file came back changed"
    names = sorted(f.get_longname() for f in c.listPath("data", "dir\\*"))
    assert names == [".", "..", "file"], names
    c.rename("data", "dir\\file", "dir\\other")
    c.deleteFile("data", "dir\\other")
    c.deleteDirectory("data", "dir")
    assert "data\0" in [s["shi1_netname"] for s in c.listShares()], "the share is not listed"
    c.logoff()
    c.close()
