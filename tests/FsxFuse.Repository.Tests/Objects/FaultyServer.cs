using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FsxFuse.Repository.Tests.Objects;

/// <summary>A loopback HTTP server that answers each request as a script says, wrongly on purpose.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    /// <summary>Reads nothing more and says nothing until the server goes.</summary>
    public const string Silence = "silence";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, string, string> _answer;
    private readonly Task _loop;
    private int _requests;

    /// <param name="answer">Gets the number of the request (from 1) and its head and body; returns the raw answer, after which the connection closes.</param>
    public FaultyServer(Func<int, string, string> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public int Requests => Volatile.Read(ref _requests);

    public List<string> Heads { get; } = [];

    public static string Answer(int status, string body, string headers = "", int? announce = null) =>
        $"HTTP/1.1 {status} X\r\nContent-Length: {announce ?? body.Length}\r\nConnection: close\r\n{headers}\r\n{body}";

    public static string Error(int status, string code) => Answer(status, $"<Error><Code>{code}</Code><Message>said the server</Message></Error>", "Content-Type: application/xml\r\n");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
        await Task.WhenAll(clients);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                string head = await ReadRequestAsync(stream);
                if (head.Length == 0)
                    return;
                int number = Interlocked.Increment(ref _requests);
                lock (Heads)
                    Heads.Add(head);
                string answer = _answer(number, head);
                if (answer == Silence)
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                bool stall = answer.EndsWith(Silence, StringComparison.Ordinal);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(stall ? answer[..^Silence.Length] : answer), _stop.Token);
                if (stall)
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
            }
        }
    }

    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        byte[] one = new byte[1];
        while (bytes.Count < 4 || !bytes[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return "";
            bytes.Add(one[0]);
        }
        string head = Encoding.Latin1.GetString(bytes.ToArray());
        string? length = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        if (length is null)
            return head;
        byte[] body = new byte[int.Parse(length[15..])];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return head + Encoding.Latin1.GetString(body);
    }
}
