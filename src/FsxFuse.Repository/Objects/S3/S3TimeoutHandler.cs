namespace FsxFuse.Repository.Objects.S3;

/// <summary>
/// Bounds each attempt: the time until the answer begins, by the size of what is sent, and every silence within its body.
/// </summary>
/// <remarks>Failures are HttpRequestExceptions with an IOException inside, which the SDK's retries understand as network trouble.</remarks>
internal sealed class S3TimeoutHandler(HttpMessageHandler inner, TimeSpan responseTimeout, TimeSpan stallTimeout, TimeProvider time) : DelegatingHandler(inner)
{
    // The slowest upload that is still worth waiting for, in bytes a second.
    private const long SlowestUpload = 256 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        TimeSpan limit = responseTimeout + TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / (double)SlowestUpload);
        using var timer = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Either the timer above or the handler's own timeout for connecting.
            string what = timer.IsCancellationRequested ? $"no answer within {limit.TotalSeconds:0} s" : "no connection in time";
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"{request.RequestUri?.Authority}: {what}", new NoAnswerException(what, e));
        }
        response.Content = new StallGuardContent(response.Content, stallTimeout, time);
        return response;
    }
}
